#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_policy_bad_input: a policy that is too large, changes while it is read, is a bomb, does not fit,
# or meets a kernel without memory: one clear error, and the old policy in force.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/stopped.sh
. "$(dirname "$0")/../stopped.sh"
need_private_mounts "$@"
# shellcheck source=tests/policy.sh
. "$root/tests/policy.sh"

# The policy `old` is in force, with room for 8 prefixes of each family.
old_in_force() {
	make_silent_hosts
	run 0 X attach g0
	policy old "management: [192.0.2.0/24]" "deny: [203.0.113.1, 203.0.113.2, 203.0.113.3]"
	run 0 X policy apply "$work/old.yaml" g0 --no-confirm "$@"
	shown=$(X policy show g0)
	assert_eq "drop pass" "$(verdict_of 203.0.113.1) $(verdict_of 198.51.100.1)" "the old policy"
}

verdict_of() { X policy why g0 "$1" 192.0.2.1:80 -j | jq -r .verdict; }

# Nothing has changed: what rules, what it is called, and what is kept of it.
assert_old() { # WHAT
	assert_eq pass "$(verdict_of 198.51.100.1)" "verdict after $1"
	assert_eq "$shown" "$(X policy show g0)" "policy after $1"
	assert_eq "confirmed.json interfaces.json" \
		"$(cd /var/lib/xdpctl/policy/* && echo [!b]*)" "files after $1"
}

# million PREFIX SUFFIX: as many addresses, a line each.
million() {
	seq 0 999999 | awk -v before="$1" '{ printf "%s20.%d.%d.%d\n", before, $1 / 65536, $1 / 256 % 256, $1 % 256 }'
}

test_million_lines() {
	old_in_force
	million "" >"$work/list.txt"
	policy list "management: [192.0.2.0/24]" "deny: {files: [list.txt]}"
	run 1 X policy apply "$work/list.yaml" g0 --no-confirm
	assert_says "1000001 IPv4 prefixes, with room for 131072"
	assert_old "a million lines in a list"
	# The fault in the last line is found.
	echo "20.0.0.1/24" >>"$work/list.txt"
	run 1 X policy apply "$work/list.yaml" g0 --no-confirm
	assert_says "$work/list.txt:1000001:1: prefix: '20.0.0.1/24' has host bits set beyond /24"
	policy inline "deny:"
	million "  - " >>"$work/inline.yaml"
	run 0 xdpctl policy check "$work/inline.yaml" --no-management --max-prefixes 1000000 -j
	assert_eq 1000000 "$(jq .ipv4_prefixes <<<"$out")" "prefixes in a policy"
}

# stopped_reading FILE ARGUMENT...: xdpctl is stopped after its first read of that file.
stopped_reading() {
	rm -f "$work/trace"
	strace -qq -o "$work/trace" -P "$1" -e trace=read -e signal=STOP -e inject=read:signal=STOP:when=1 \
		"$root/build/xdpctl" "${@:2}" --netns gateway >"$work/stopped" 2>&1 &
	tracer=$!
	wait_until is_stopped
}

append() { echo 203.0.113.9 >>"$1"; }
truncate_it() { truncate -s 5000 "$1"; }
overwrite() { printf '20' | dd of="$1" conv=notrunc status=none; }
replace() { echo 203.0.113.9 >"$1.new" && mv "$1.new" "$1"; }

# What is longer than one read is a consistent copy, or refused.
test_changed_while_read() {
	local change file
	need_strace
	old_in_force
	for file in list.txt long.yaml; do
		for change in append truncate_it overwrite replace; do
			million "" | head -n 2000 >"$work/list.txt"
			policy listed "management: [192.0.2.0/24]" "deny: {files: [list.txt]}"
			policy long "management: [192.0.2.0/24]" "deny:"
			million "  - " | head -n 2000 >>"$work/long.yaml"
			touch -d @1000000000 "$work"/{list.txt,long.yaml}
			case $file in list.txt) set -- listed ;; *) set -- long ;; esac
			stopped_reading "$work/$file" policy apply "$work/$1.yaml" g0 --no-confirm
			"$change" "$work/$file"
			if [ "$change" != replace ]; then
				resume 1
				assert_eq "xdpctl: $work/$file: changed while it was read: try again" \
					"$(<"$work/stopped")" "error, $file, $change"
				assert_old "$change to $file"
				continue
			fi
			resume 0
			assert_eq 2000 "$(X policy show g0 -j | jq '.deny.prefixes | length')" \
				"prefixes of $file"
			run 0 X policy apply "$work/old.yaml" g0 --no-confirm
			shown=$(X policy show g0)
		done
	done
}

# Few bytes that mean much work: refused at once, with their place.
test_bombs() {
	local i
	old_in_force
	policy aliases "management: [&a 192.0.2.1]" "deny:"
	for ((i = 0; i < 1025; i++)); do echo "  - *a"; done >>"$work/aliases.yaml"
	run 1 X policy apply "$work/aliases.yaml" g0
	assert_says "$work/aliases.yaml:1028:5: more than 1024 aliases"
	policy anchors "deny:"
	for ((i = 0; i < 65; i++)); do echo "  - &a$i 192.0.2.$i"; done >>"$work/anchors.yaml"
	run 1 X policy apply "$work/anchors.yaml" g0 --no-management
	assert_says "$work/anchors.yaml:67:5: more than 64 anchors"
	# Each rule repeats a list.
	policy lists "protect:" "- {name: r0, above: 2/s, victims: &v [$(million "" | head -n 60000 | paste -sd,)]}"
	for ((i = 1; i < 128; i++)); do echo "- {name: r$i, above: 2/s, victims: *v}"; done >>"$work/lists.yaml"
	run 1 X policy apply "$work/lists.yaml" g0
	assert_says "$work/lists.yaml:72:27: too many prefixes: at most 4194304"
	policy laughs "a: &a [x, x]" "b: &b [*a, *a]" "c: &c [*b, *b]" "deny: *c"
	run 1 X policy apply "$work/laughs.yaml" g0
	assert_says "$work/laughs.yaml:2:1: unknown key 'a'"
	policy nested "deny: &a [*a]"
	run 1 X policy apply "$work/nested.yaml" g0
	assert_says "$work/nested.yaml:2:"
	policy deep "deny: $(printf '[%.0s' {1..20})$(printf ']%.0s' {1..20})"
	run 1 X policy apply "$work/deep.yaml" g0
	assert_says "$work/deep.yaml:2:22: nested too deeply"
	assert_old "bombs"
}

# A table that was made for 8 prefixes stays with those that it has.
test_full_map() {
	old_in_force --max-prefixes 8
	policy many "deny: [$(echo 198.51.100.{1..9} | tr ' ' ,)]"
	run 1 X policy apply "$work/many.yaml" g0 --no-management
	assert_says "9 IPv4 prefixes, with room for 8"
	run 1 X policy deny g0 198.51.100.{1..5}
	assert_says "9 IPv4 prefixes, with room for 8"
	run 0 X policy deny g0 198.51.100.{1..3}
	run 1 X policy deny g0 198.51.100.{4..9}
	assert_says "with room for 8"
	assert_eq "drop pass" "$(verdict_of 198.51.100.3) $(verdict_of 198.51.100.4)" "denied by hand"
	run 0 X policy undo g0 198.51.100.{1..3}
	assert_old "a full table"
	# Room in the confirmed policy, none in the one on trial: neither takes it.
	policy full "management: [192.0.2.0/24]" "deny: [$(echo 198.51.100.{1..7} | tr ' ' ,)]"
	run 0 X policy apply "$work/full.yaml" g0 --confirm-within 1h
	run 1 X policy deny g0 198.51.100.99
	assert_says "9 IPv4 prefixes, with room for 8"
	run 0 X policy revert g0
	assert_old "a full table on trial"
}

# fails_at_each PATTERN ARGUMENT...: each call of the command that matches fails for want of memory.
fails_at_each() {
	local call number failed=0 status
	calls_of "$1" 1 "${@:2}" --netns gateway >"$work/changes"
	undo
	while read -r call number <&3; do
		inject "$call" "$number" ENOMEM "${@:2}" --netns gateway
		status=$?
		if [ $status = 0 ]; then # it does without
			undo
			continue
		fi
		failed=$((failed + 1))
		assert_eq 1 $status "status, $call $number of ${*:2}"
		assert_eq 1 "$(wc -l <"$work/err")" "lines of error, $call $number: $(<"$work/err")"
		[[ $(<"$work/err") == "xdpctl: "*": "* ]] ||
			assert_eq "a reason" "$(<"$work/err")" "$call $number of ${*:2}"
		assert_old "$call $number of ${*:2}"
	done 3<"$work/changes"
	echo "# failed at $failed of $(wc -l <"$work/changes") calls of '${*:2}'"
	[ "$failed" -ge 3 ] || assert_eq "at least 3" "$failed" "failures of ${*:2}"
}

test_no_memory() {
	local switch='BPF_MAP_UPDATE|^rename'
	need_injection
	old_in_force
	policy all "deny: [0.0.0.0/0, '::/0']"
	undo() { run 0 X policy apply "$work/old.yaml" g0 --no-confirm; }
	fails_at_each "$switch" policy apply "$work/all.yaml" g0 --no-management --no-confirm
	undo() { run 0 X policy undo g0 198.51.100.1; }
	fails_at_each "$switch" policy deny g0 198.51.100.1
}

# Nothing has changed: the candidate is on trial, until the time that it had, and its text is kept.
assert_on_trial() { # WHAT
	run 0 X status g0 -j
	assert_eq '["candidate",true]' "$(jq -c ".interfaces[0].policy |
		[.in_force, (.confirm_before_ns - $ends_ns | fabs < 1e10)]" <<<"$out")" "trial after $1"
	run 0 X policy show g0 -j
	assert_eq '["198.51.100.1/32"]' "$(jq -c .deny.prefixes <<<"$out")" "policy after $1"
	assert_eq "candidate.json confirmed.json interfaces.json" \
		"$(cd /var/lib/xdpctl/policy/* && echo [!b]*)" "files after $1"
}

new_on_trial() {
	run 0 X policy apply "$work/old.yaml" g0 --no-confirm
	run 0 X policy apply "$work/new.yaml" g0 --confirm-within 1h
	run 0 X status g0 -j
	ends_ns=$(jq .interfaces[0].policy.confirm_before_ns <<<"$out")
}

# Neither a confirmation that fails nor another trial that does ends or prolongs the trial.
test_no_memory_on_trial() {
	local ends_ns
	need_injection
	old_in_force
	policy new "management: [192.0.2.0/24]" "deny: [198.51.100.1]"
	policy other "management: [192.0.2.0/24]" "deny: [198.51.100.2]"
	undo() { new_on_trial; }
	assert_old() { assert_on_trial "$1"; }
	fails_at_each 'BPF_MAP_UPDATE|^rename' policy apply "$work/other.yaml" g0 --confirm-within 2h
	fails_at_each 'BPF_MAP_(UPDATE|DELETE)|^rename' policy confirm g0
	run 0 X policy revert g0
	assert_eq "drop pass" "$(verdict_of 203.0.113.1) $(verdict_of 198.51.100.1)" "after the trial"
}

run_tests test_million_lines test_changed_while_read test_bombs test_full_map test_no_memory \
	test_no_memory_on_trial
