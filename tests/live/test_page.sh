#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_page: the live page in a real browser, and the metrics in a real Prometheus.
# waits: for the pages that a browser draws each second
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/exporter.sh
. "$root/tests/exporter.sh"
# shellcheck source=tests/uplinks.sh
. "$root/tests/uplinks.sh"
need_private_mounts "$@"
private_world

# Exporters, Prometheus and the browser are in a namespace of their own.
ip netns add viewer && ip -n viewer link set lo up || exit 1
start_exporter() { # OPTION...
	in_background xdpctl export --netns gateway --listen-netns viewer --listen 127.0.0.1:0 "$@"
	wait_listening
}

# It takes seconds of CPU time to start, and serves all cases, until a step fails. The subshell of a
# case has copies of the descriptors alone.
start_browser() {
	command -v chromium >/dev/null || return
	coproc BROWSER {
		exec nsenter --net=/run/netns/viewer python3 -S "$root/tests/browser.py" "$work/browser" 2>"$work/browser_err"
	}
	exec {to_browser}>&"${BROWSER[1]}" {from_browser}<&"${BROWSER[0]}"
	# shellcheck disable=SC1083 # an element's name, which stands for its number
	exec {BROWSER[1]}>&- {BROWSER[0]}<&-
}

# It writes its profile until it has ended.
end_browser() {
	[ -n "${BROWSER_PID:-}" ] || return 0
	exec {to_browser}>&-
	wait "$BROWSER_PID"
}
start_browser

after_each() {
	kill_listed "$work/pids"
	remove_hosts
	[ -n "${BROWSER_PID:-}" ] || start_browser
}

# Prometheus' answer, of one sample.
stored() { # QUERY
	local answer
	answer=$(inside viewer curl -s --get http://127.0.0.1:19090/api/v1/query --data-urlencode "query=$1")
	[[ ! $answer =~ \"value\":\[[0-9.]+,\"([^\"]*)\"\] ]] || echo "${BASH_REMATCH[1]}"
}

test_prometheus() {
	need prometheus deps-ci
	make_hosts
	run 0 X attach g0
	start_exporter g0
	printf '%s\n' 'scrape_configs:' '- job_name: xdpctl' '  scrape_interval: 1s' \
		'  static_configs:' "  - targets: ['127.0.0.1:$port']" \
		>"$work/prometheus.yml"
	in_background nsenter --net=/run/netns/viewer prometheus --config.file="$work/prometheus.yml" \
		--storage.tsdb.path="$work/tsdb" --web.listen-address=127.0.0.1:19090
	flood --count 100000 --rate 40000 --sources 50
	local i got=
	for ((i = 0; i < 100; i++)); do
		got=$(stored 'sum(xdpctl_syns_total)')
		[ "$got" != "$sent" ] || break
		for _ in 1 2 3 4; do pause; done
	done
	assert_eq "$sent" "$got" "what Prometheus has stored"
	assert_eq 1 "$(stored up)" "up"
}

# Steps for the browser, from stdin; what they print: $printed.
browse() {
	local line=
	need chromium deps-ci
	printf '%s\n' tab "$(cat)" "print 'end of steps'" >&"$to_browser"
	printed=()
	while IFS= read -rt 300 line <&"$from_browser" && [ "$line" != '"end of steps"' ]; do
		printed+=("$line")
	done
	[ "$line" = '"end of steps"' ] || assert_eq "the page's success" "$(<"$work/browser_err")"
}

has_read() {
	[[ $(inside viewer curl -sS --max-time 10 "${url}metrics") = *"xdpctl_syns_total{interface=\"g0\"} $sent"$'\n'* ]]
}

# One interface is shown at once, without an overview, on a phone, too.
test_one_interface() {
	need chromium deps-ci
	make_hosts
	run 0 X attach g0
	start_exporter g0
	flood --count 20000 --rate 50000 --sources 4
	local source
	source=$(sort -k2nr "$work/truth.tsv" | awk '!/^#/ { print $1; exit }')
	wait_until has_read
	browse <<-END
		size 390 844
		open $url
		wait [...document.querySelectorAll('#sources tbody th')].some(th => th.textContent === '$source')
		print document.getElementById('overview').hidden
		print document.getElementById('health').textContent
		print document.documentElement.scrollWidth
		print document.getElementById('syns').ariaLabel.endsWith('min')
		picture $work/page.png
	END
	assert_eq 'true "live" 390 true' "${printed[*]}"
	[ "$(stat -c %s "$work/page.png")" -gt 10000 ] || assert_eq "a picture" "none"
}

# A policy has a card of its own, with what it has dropped.
test_policy() {
	need chromium deps-ci
	mount -t tmpfs tmpfs /var/lib
	make_hosts
	run 0 X attach g0
	printf '%s\n' 'xdpctl-policy: 1' 'deny: [0.0.0.0/0]' >"$work/policy.yaml"
	SSH_CONNECTION='' run 0 X policy apply "$work/policy.yaml" g0 --no-management --no-confirm
	start_exporter g0
	flood --count 5000 --rate 50000 --sources 1
	wait_until has_read
	browse <<-END
		size 390 844
		open $url
		wait [...document.querySelectorAll('#dropped tbody td')].some(td => td.textContent === '5,000')
		print document.getElementById('policy').hidden
		print document.getElementById('policy-note').textContent.includes('generation 1, confirmed.')
		print [...document.querySelectorAll('#reasons tbody th')].map(th => th.textContent).includes('drop deny')
		print document.getElementById('attacks').hidden
		print document.documentElement.scrollWidth
	END
	umount /var/lib
	assert_eq 'false true true true 390' "${printed[*]}"
}

make_overview() {
	need chromium deps-ci
	make_uplinks eth2 eth10 eth1 "$(printf '\xff')"
	send eth1 40 --victim 203.0.113.10 --port 443 --sources 1
	start_sending eth10 500 --victim 203.0.113.20 --port 80 --sources 1
	ip -n gateway link set lo up
	start_exporter
}

names="[...document.querySelectorAll('#list tbody a')].map(a => a.textContent).join(' ')"
focused="(document.activeElement.id || document.activeElement.textContent)"

test_overview() {
	make_overview
	browse <<-END
		size 1200 800
		open $url
		wait document.querySelector('#list tbody tr') && $names.startsWith('eth10')
		print $names
		print document.getElementById('summary').textContent
		print [...document.querySelectorAll('#list tbody tr')].map(tr => tr.cells[6].title).slice(0, 2).join(' ')
		wait document.querySelector('#list tbody polyline').getAttribute('points').length > 8
		print document.querySelector('#list .all .syns').textContent === document.querySelector('#list tbody .syns').textContent
		size 390 844
		print document.documentElement.scrollWidth
		print getComputedStyle(document.querySelector('#list tbody .mode')).display
		click #list tbody tr:nth-child(2)
		wait document.querySelector('#sources tbody tr')
		print document.getElementById('name').textContent
		print document.querySelector('#victims tbody th').textContent
		print document.getElementById('overview').hidden
		open $url#$(printf '%%5Cxff')
		wait document.getElementById('health').textContent === 'live'
		print document.title
		open $url#100%
		wait document.getElementById('health').textContent === '100%: not attached'
	END
	# shellcheck disable=SC1003 # a backslash
	assert_eq '"eth10 eth1 eth2 \\xff" "4 interfaces, 3 idle" "203.0.113.20:80 203.0.113.10:443" true 390 "none"'" \
\"eth1\" \"203.0.113.10:443\" true \"\\\\xff - xdpctl\"" "${printed[*]}"
}

# Everything is reached by keys alone, what has the focus shows it, and the URL keeps the choice.
test_keyboard() {
	make_overview
	browse <<-END
		size 1200 800
		open $url
		wait document.querySelector('#list tbody tr') && $names.startsWith('eth10')
		key Tab
		print $focused
		print getComputedStyle(document.activeElement).outlineStyle
		key Tab 2
		print $focused
		key Shift+Tab
		key Enter
		wait document.querySelector('#sources tbody tr')
		print $focused + ' ' + location.hash + ' ' + document.title
		key Tab
		print $focused
		print getComputedStyle(document.activeElement).outlineStyle
		key Enter
		wait !document.getElementById('overview').hidden
		print $focused
		key End
		print $focused
		key Home
		key ArrowDown 2
		print $focused
		key Enter
		wait document.getElementById('sources-note').textContent === 'None so far.'
		reload
		wait !document.getElementById('one').hidden
		print document.getElementById('name').textContent
		key Escape
		wait !document.getElementById('overview').hidden
		print location.hash + ' ' + $focused
		back
		wait !document.getElementById('one').hidden
		print document.getElementById('name').textContent
		back
		wait !document.getElementById('overview').hidden
		print document.title
		print document.getElementById('filter').hidden
	END
	assert_eq '"eth10" "solid" "eth2" "name #eth1 eth1 - xdpctl" "back" "solid" "eth1" "\\xff" "eth2" "eth2" " eth2" "eth2" "xdpctl" true' \
		"${printed[*]}"
}

# Of every text that shows, the least contrast to what is behind it; likewise of the line in a chart.
contrast="(() => {
	const parse = color => { const [r, g, b, a = 1] = color.match(/[0-9.]+/g).map(Number); return {rgb: [r, g, b], a}; };
	const light = ({rgb}) => rgb.map(c => c / 255).map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
		.reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
	const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => p - q); return (y + .05) / (x + .05); };
	const behind = element => {
		const style = getComputedStyle(element), color = parse(style.backgroundColor);
		return color.a === 1 || !element.parentElement ? [color] : behind(element.parentElement);
	};
	const bars = element => { const cell = element.closest('.share');
		const bar = cell && getComputedStyle(cell).backgroundImage.match(/rgb[^)]*\)/);
		return bar ? [parse(bar[0])] : []; };
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), worst = {least: 99};
	while (walker.nextNode()) {
		const element = walker.currentNode.parentElement, text = walker.currentNode.textContent.trim();
		if (!text || !element.checkVisibility() || ['SCRIPT', 'NOSCRIPT'].includes(element.tagName))
			continue;
		for (const back of [...behind(element), ...bars(element)]) {
			const found = ratio(parse(getComputedStyle(element).color), back);
			if (found < worst.least) { worst.least = found; worst.text = text; }
		}
	}
	return worst.least >= 4.5 ? 'enough' : worst.least.toFixed(2) + ' of ' + worst.text;
})()"
# Rows of a table keep their roles where styles make them blocks, and nothing moves.
roles="['table', 'rowgroup', 'row', 'columnheader', 'rowheader', 'cell'].filter(role => !document.querySelector('[role=' + role + ']')).join()"
unnamed="[...document.querySelectorAll('a, input, canvas, section, table')].filter(e => e.checkVisibility() && !(e.textContent.trim() || e.ariaLabel || e.querySelector('h2'))).length"
moving="document.getAnimations().length + [...document.querySelectorAll('*')].filter(e => getComputedStyle(e).transitionDuration !== '0s').length"

test_accessible() {
	make_overview
	local theme list=() one=()
	for theme in light dark; do
		list+=("media prefers-color-scheme $theme" "open about:blank" "open $url"
			"wait document.querySelector('#list tbody tr') && $names.startsWith('eth10')"
			"print ${contrast//[$'\n\t']/ }" "print $roles" "print $unnamed" "print $moving"
			"size 390 844" "print ${contrast//[$'\n\t']/ }" "size 1200 800")
		one+=("media prefers-color-scheme $theme" "open about:blank" "open $url#eth10"
			"wait document.querySelector('#sources tbody tr')"
			"print ${contrast//[$'\n\t']/ }" "print $unnamed" "print $moving")
	done
	browse < <(printf '%s\n' "size 1200 800" "media prefers-reduced-motion reduce" "${list[@]}" "${one[@]}")
	assert_eq '"enough" "" 0 0 "enough" "enough" "" 0 0 "enough" "enough" 0 0 "enough" 0 0' "${printed[*]}"
}

# What the page has asked for since it was asked last, without repetitions.
asked="[...new Set(performance.getEntriesByType('resource').map(e => e.name.replace(/.*api.v1./, '')))].join(' ')"
forget="(performance.clearResourceTimings(), 0)"
polls="performance.getEntriesByType('resource').length"

# Only what is shown is read, nothing while the tab is hidden, and it stays small and quick.
test_cost() {
	make_overview
	browse <<-END
		open $url
		wait $polls > 2
		print $asked
		print Math.max(...performance.getEntriesByType('resource').map(e => e.decodedBodySize)) / 4 < 900
		open $url#eth10
		wait document.querySelector('#sources tbody tr')
		print $forget
		wait $polls > 2
		print $asked
		hide
		wait !busy
		print $forget
		print new Promise(resolve => setTimeout(() => resolve($polls), 2500))
		show
		wait $polls > 0
		print $asked.split(' ')[0]
		open $url
		print (() => { clearInterval(timer); return 0; })()
		print (async () => { big = await get('overview'); return big.interfaces.length; })()
		print big.interfaces = [...Array(300)].map((_, i) => ({...big.interfaces[0], interface: 'eth' + i, last_minute_syns_pps: Array(60).fill(i)})), 0
		print (() => { for (let i = 0; i < 10; i++) { big.interfaces.unshift(big.interfaces.pop()); showOverview(big); document.body.offsetHeight; } })()
		cpu
		print document.querySelectorAll('#list tbody tr').length
		key /
		key e
		key t
		key h
		key 1
		key 7
		print [...document.querySelectorAll('#list tbody tr:not([hidden])')].length
		key ArrowDown
		print $focused.startsWith('eth17')
	END
	local cpu_ms=${printed[11]}
	unset 'printed[11]'
	assert_eq '"overview" true 0 "stats?sort=rate&interface=eth10" 0 0 "stats?sort=rate&interface=eth10" 0 4 0 null 300 11 true' "${printed[*]}"
	[ "$cpu_ms" -lt 2000 ] || assert_eq "less than 200 ms of CPU for each of 10 updates of 300 rows" "$cpu_ms"
}

run_tests test_prometheus test_one_interface test_policy test_overview test_keyboard test_accessible test_cost
end_browser
