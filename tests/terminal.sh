# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# terminal: look at a terminal of tmux, whose socket is named in $work/socket; for tests that source
# lib.sh.
# shellcheck disable=SC2154 # work is lib.sh's

tm() { tmux -S "$(<"$work/socket")" -f /dev/null "$@"; }

# A line of the screen matches; the screen is in $work/screen then.
wait_screen() { # PATTERN
	local i line lines
	for ((i = 0; i < 600; i++)); do
		tm capture-pane -p >"$work/screen"
		mapfile -t lines <"$work/screen"
		for line in "${lines[@]}"; do
			[[ ! $line =~ $1 ]] || return 0
		done
		pause
	done
	assert_eq "a screen with '$1'" "$(cat "$work/screen")"
}
