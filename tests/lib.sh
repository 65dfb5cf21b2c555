# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# lib: TAP for tests in bash, and private namespaces that vanish with the test.
#
# A test script sources this, defines functions, and calls `run_tests NAME...`. A function fails
# by failing an assertion; it skips by calling `skip REASON`. ONLY: run the functions that match it.
set -u

# Processes are dear: helpers use bash's own commands where they can, and set variables instead of
# printing what a subshell would have to read.
root=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)
# The packaged tools come first: wrappers of the same names cost a start of their own every time.
export PATH=$root/build:/usr/sbin:/usr/bin:/sbin:/bin:$PATH
# shellcheck disable=SC2034 # used by the scripts that source this
corpus=${XDPCTL_CORPUS:-$root/../shared/corpus}
# shellcheck disable=SC2034
slow=${XDPCTL_EMULATED:+10} slow=${slow:-1} # how many times less is done in an emulated machine
work=${XDPCTL_WORK:-$(mktemp -d)}
unset XDPCTL_WORK

# Rerun in a private mount namespace: its mounts and pins vanish with the test.
need_private_mounts() {
	[ "${XDPCTL_PRIVATE:-}" = 1 ] && return
	if [ "$EUID" = 0 ] && unshare --mount true 2>/dev/null; then
		XDPCTL_PRIVATE=1 XDPCTL_WORK=$work exec unshare --mount --propagation private "$0" "$@"
	fi
	echo "1..1"
	echo "ok 1 all # SKIP not root in a mount namespace of its own: run it as root"
	exit 0
}

assert_eq() { # WANT GOT [WHAT]
	[ "$1" = "$2" ] && return
	echo "# ${3:-value}: wanted '$1', got '$2' (line ${BASH_LINENO[0]})"
	exit 1
}

# run STATUS COMMAND...: the command must end with that status; its output is in $out and $err.
run() {
	local want=$1 got
	shift
	"$@" >"$work/out" 2>"$work/err"
	got=$?
	out=$(<"$work/out") err=$(<"$work/err") # bash reads these itself, without a process
	[ "$got" = "$want" ] && return
	echo "# '$*' ended with $got, not $want (line ${BASH_LINENO[0]}); it said:"
	sed 's/^/#   /' "$work/out" "$work/err"
	exit 1
}

# The error of the last run is one line that contains TEXT.
assert_says() { # TEXT
	local lines
	mapfile lines <"$work/err"
	assert_eq "1 $err"$'\n' "${#lines[@]} ${lines[*]}" "lines of error"
	case $err in *"$1"*) return ;; esac
	echo "# wanted an error with '$1', got: $err (line ${BASH_LINENO[0]})"
	exit 1
}

# Nothing is ever written to the FIFO.
pause() {
	[ -p "$work/never" ] || mkfifo "$work/never"
	read -rt 0.05 <>"$work/never"
}

# Poll until the command succeeds, where there is no event to wait for.
wait_until() { # COMMAND...
	local i
	for ((i = 0; i < 600 * slow; i++)); do
		! "$@" || return 0
		pause
	done
	echo "# waited in vain for '$*' (line ${BASH_LINENO[0]})"
	exit 1
}

# A wait for another command ends after 10 s, which is little on a slow machine, and `detach` goes on
# without the lock then, so that another writer may find its entry changed: try again.
succeeds_at_last() { # ERRORS COMMAND...
	until "${@:2}" >/dev/null 2>"$1"; do
		grep -qE 'for more than 10 s|another command has' "$1" || return 1
	done
}

skip() {
	echo "$*" >"$work/skip"
	exit 0
}

not_offered() {
	local others=": 'make test-vm' runs others"
	[ -z "${XDPCTL_EMULATED:-}" ] || others=
	skip "not offered by this kernel: $*$others"
}

need() { # PROGRAM [TARGET]
	command -v "$1" >/dev/null || skip "no $1: 'make ${2:-deps-test}' installs it"
}

need_built() { # FILE, below build/tests: to $object
	local source
	object=$root/build/tests/$1
	[ -r "$object" ] || skip "no build/tests/$1: 'make check' builds it"
	for source in "$root/tests/${1%.*}".{c,bpf.c}; do
		[ ! "$source" -nt "$object" ] ||
			assert_eq "build/tests/$1 as new as its source" "an older one: 'make check' builds it"
	done
}

need_root() { [ "$EUID" = 0 ] || skip "not root: run it as root"; }

need_strace() {
	need strace
	strace -o /dev/null true 2>/dev/null || skip "strace may not trace here: allow ptrace"
}

# The captures may be missing, or only some of what describes them is there.
need_corpus() {
	if [ ! -r "$corpus/MANIFEST.tsv" ] || ! compgen -G "$corpus/*.pcap*" | grep -qv '\.tsv$'; then
		skip "no captures in $corpus: set XDPCTL_CORPUS to their directory"
	fi
}

run_tests() {
	local number=0 test status
	# shellcheck disable=SC2046 # names are words
	[ -z "${ONLY:-}" ] || set -- $(printf '%s\n' "$@" | grep -xE "$ONLY")
	trap 'rm -rf "$work"' EXIT
	echo "1..$#"
	for test in "$@"; do
		number=$((number + 1))
		( "$test" )
		status=$?
		! declare -F after_each >/dev/null || after_each
		if [ -f "$work/skip" ]; then
			echo "ok $number $test # SKIP $(<"$work/skip")"
			rm "$work/skip"
		elif [ $status = 0 ]; then
			echo "ok $number $test"
		else
			echo "not ok $number $test"
		fi
	done
}

# A private bpffs, and a private directory of network namespaces.
private_world() {
	[ -d /run/netns ] || mkdir -p /run/netns
	mount -t tmpfs tmpfs /run/netns
	mount -t bpf bpf /sys/fs/bpf
}

inside() { # NETNS COMMAND...
	local netns=$1
	shift
	nsenter --net="/run/netns/$netns" "$@"
}

# The same in the background: $! is the command itself, which a function in the background would hide.
start_inside() { # NETNS COMMAND...
	nsenter --net="/run/netns/$1" "${@:2}" &
}

# Two hosts connected by a veth: the client's c0 (192.0.2.2, 2001:db8::2) and the gateway's g0 (.1, ::1).
make_hosts() {
	ip -b - <<<$'netns add client\nnetns add gateway' || exit 1
	ip -n gateway -b - <<-END || exit 1
		link add g0 type veth peer name c0 netns client
		addr add 192.0.2.1/24 dev g0
		addr add 2001:db8::1/64 dev g0 nodad
		link set lo up
		link set g0 up
	END
	ip -n client -b - <<-END || exit 1
		addr add 192.0.2.2/24 dev c0
		addr add 2001:db8::2/64 dev c0 nodad
		link set lo up
		link set c0 up
	END
}

remove_hosts() {
	[[ ! -e /run/netns/client && ! -e /run/netns/gateway ]] ||
		ip -force -b - <<<$'netns del client\nnetns del gateway' 2>/dev/null
	[ ! -e /sys/fs/bpf/xdpctl ] || rm -rf /sys/fs/bpf/xdpctl
}

# What is listed in the file is ended, by process number.
kill_listed() { # FILE
	local pids
	[ -f "$1" ] || return
	mapfile -t pids <"$1"
	kill "${pids[@]}" 2>/dev/null
	rm "$1"
}

# Run xdpctl and list its calls that may change something: name, how many of that name so far (as
# strace counts them), and strace's line.
changes_of() { # ARGUMENT...
	strace -qq -o "$work/calls" -e signal=none \
		-e trace=bpf,mkdir,rename,unlink,unlinkat,rmdir,sendto,membarrier \
		"$root/build/xdpctl" "$@" >/dev/null 2>&1
	awk '{ name = $0; sub(/\(.*/, "", name); print name, ++number[name], $0 }' "$work/calls"
}

# Every STRIDE-th of the calls that match PATTERN: name and number.
calls_of() { # PATTERN STRIDE ARGUMENT...
	changes_of "${@:3}" | awk -v pattern="$1" -v stride=$(($2 * slow)) '
		$0 ~ pattern && ++selected % stride == 0 { print $1, $2 }'
}

# inject CALL[,CALL]... NUMBER KILL|ERROR ARGUMENT...: kill xdpctl at its NUMBER-th of these calls, or let
# that call fail; then $work/trace is not empty.
inject() {
	: >"$work/trace"
	FAIL_CALL=$1 FAIL_NUMBER=$2 FAIL_WITH=$3 FAIL_TRACE=$work/trace \
		LD_PRELOAD=$root/build/tests/fault/failing_call.so \
		"$root/build/xdpctl" "${@:4}" >"$work/out" 2>"$work/err"
}

need_injection() {
	need_strace
	need_built fault/failing_call.so
}

# True if the command was killed at that call, in the gateway's namespace.
killed_at() { # CALL[,CALL]... NUMBER ARGUMENT...
	{ inject "$1" "$2" KILL "${@:3}" --netns gateway; } 2>/dev/null
	[ $? = 137 ]
}

assert_no_pins() { # WHAT
	local name left=
	for name in /sys/fs/bpf/xdpctl/*; do
		[[ ! -e $name || $name = */lock ]] || left+=" ${name##*/}"
	done
	assert_eq "" "$left" "pins $1"
}

# The interface shows no XDP program, of anybody.
assert_no_program() { # NETNS INTERFACE [WHAT]
	local link
	link=$(ip -n "$1" link show "$2") || exit 1
	[[ $link != *xdp* ]] || assert_eq "none" "$link" "program ${3:-left}"
}

# The values of a member, in order, in the JSON of $out: to $values. jq takes long to start.
values_of() { # MEMBER
	local rest=$out
	values=
	while [[ $rest =~ \"$1\":\ ?([^,}$'\n']*)(.*) ]]; do
		values+="${values:+ }${BASH_REMATCH[1]}" rest=${BASH_REMATCH[2]}
	done
}

# Nothing listens on the port: the RST ends each connection after exactly one SYN, unless the answer
# takes a second. One process makes all of them, and prints how many SYNs were sent again.
knock() { # ADDRESS COUNT
	local repeated
	# shellcheck disable=SC2016 # expanded by the inner shell
	nsenter --net=/run/netns/client bash -c '
		sent_again() {
			local lines names values i
			mapfile -t lines </proc/net/netstat
			read -ra names <<<"${lines[0]}"
			read -ra values <<<"${lines[1]}"
			for i in "${!names[@]}"; do
				[ "${names[i]}" != TCPSynRetrans ] || repeated=${values[i]}
			done
		}
		sent_again
		before=$repeated
		for ((i = 0; i < $2; i++)); do
			: <>"/dev/tcp/$1/9"
		done 2>/dev/null
		sent_again
		echo $((repeated - before))' knock "$1" "$2" >"$work/repeated" || assert_eq "SYNs" "none sent"
	repeated=$(<"$work/repeated")
	[ "$repeated" = 0 ] || skip "this machine is too slow: SYNs were sent again after a second"
}

# 5 SYNs over IPv4 and 7 over IPv6, to counters at zero: all are counted, and the totals agree.
assert_knocks_counted() {
	knock 192.0.2.1 5
	knock 2001:db8::1 7
	run 0 X stats g0 -j
	assert_syns_of 192.0.2.2 5 "IPv4"
	assert_syns_of 2001:db8::2 7 "IPv6"
	assert_eq '[12,12,0,true]' "$(jq -c '.interfaces[0] | [.syns, .classes.syn, .unattributed,
		.packets == ([.classes[]] | add) and .packets == .verdicts.pass]' <<<"$out")" "totals"
}

# SYNs per source as sent, and as counted exactly by the gateway: address<TAB>syns.
sent() { grep -v '^#' "$work/truth.tsv" | LC_ALL=C sort; }
counted() {
	X stats g0 -j -n 1000000 | jq -r '.interfaces[0].sources[] |
		select(.at_least == .at_most) | "\(.address)\t\(.at_least)"' | LC_ALL=C sort
}

# assert_flood_counted N: N SYNs were counted, each for its source.
assert_flood_counted() {
	run 0 X stats g0 -j
	assert_eq "[$1,0]" "$(jq -c '.interfaces[0] | [.syns, .unattributed]' <<<"$out")"
	assert_eq "$(sent | cksum)" "$(counted | cksum)" "SYNs per source"
}

# The last output, in JSON, has the address once, as a source or victim of that many SYNs.
assert_syns_of() { # ADDRESS COUNT|AT_LEAST-AT_MOST [WHAT]
	local rest=$out rows=() address=${1//./\\.}
	local bounds="\"at_least\": ${2%-*},[[:space:]]*\"at_most\": ${2#*-}[,[:space:]]"
	while [[ $rest =~ \"address\":\ \"$address\",([^}]*)(.*) ]]; do
		rows+=("${BASH_REMATCH[1]}") rest=${BASH_REMATCH[2]}
	done
	[[ ${#rows[@]} = 1 && ${rows[0]} =~ $bounds ]] ||
		assert_eq "$2" "${rows[*]:-nothing}" "${3:+$3: }SYNs of $1"
}
