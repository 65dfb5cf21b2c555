# SPDX-License-Identifier: GPL-2.0-only
# plots: the report's plots as SVG and PNG, from the .dat files in the current directory.

set style fill solid 0.9 noborder
set border 3
set tics nomirror out
set grid ytics lc rgb "#dddddd"
set datafile missing "?"
svg = 'set terminal svg noenhanced size 960,540 font "sans,13" background "white"'
png = 'set terminal pngcairo noenhanced size 960,540 font "sans,11" background "white"'

# xdpctl has its own color in every plot.
ours = "#d1495b"
array others[8] = ["#9aa5b1", "#30638e", "#00798c", "#5fad56", "#8d6a9f", "#b08968", "#222222", "#c9a227"]
color(title, number) = title eq "xdpctl" ? ours : others[(number) % 8 + 1]

do for [format in "svg png"] {
	eval format eq "svg" ? svg : png

	# Cost of a SYN by number of sources.
	if (system("test -s cost.dat && echo 1") eq "1") {
		stats "cost.dat" using 1 nooutput
		set output "cost.".format
		set title "A SYN, by number of sources (one CPU)"
		set xlabel "sources, drawn at random"
		set ylabel "ns above the null program"
		set logscale x 2
		set xrange [0.7:2.5e7]
		set xtics ("1" 1, "4K" 4096, "16K" 16384, "64K" 65536, "" 131072, "1M" 1048576, "16M" 16777216)
		set yrange [0:*]
		set key outside right top
		title_of(i) = system(sprintf("grep '^\"' cost.dat | sed -n '%dp' | tr -d '\"'", i + 1))
		plot for [i = 0 : STATS_blocks - 1] "cost.dat" index i using 1:2:3:4 \
			with yerrorlines lw (title_of(i) eq "xdpctl" ? 3 : 1.5) pt 7 ps 0.6 \
			lc rgb color(title_of(i), i) title title_of(i)
		unset logscale x
		set xrange [*:*]
		set xtics auto
		set output
	}

	# Cost of a packet by kind, compared with xdp-filter.
	if (system("sed -n '2,$p' kinds.dat | grep -c .") + 0 > 0) {
		set output "kinds.".format
		set title "A packet, by kind (one CPU)"
		unset xlabel
		set ylabel "ns above the null program"
		set style data histogram
		set style histogram clustered gap 1
		set yrange [0:*]
		set key outside right top
		set xtics norotate center
		plot for [i = 2 : 5] "kinds.dat" using i:xtic(1) lc rgb (i == 4 ? ours : others[i]) \
			title columnheader(i)
		set output
	}

	# Frames counted and lost over a veth pair.
	if (system("grep -vc '^#' live.dat") + 0 > 0) {
		set output "live.".format
		set title "Live over a veth: counted and lost"
		unset xlabel
		set ylabel "million SYNs per second"
		set style data histogram
		set style histogram rowstacked
		set boxwidth 0.8
		set yrange [0:*]
		set xtics rotate by 40 right
		set key outside right top
		plot "live.dat" using 2:xtic(1) lc rgb "#30638e" title "counted", \
			"" using 3 lc rgb "#e0a458" title "lost"
		set xtics norotate center
		unset boxwidth
		set output
	}
}
