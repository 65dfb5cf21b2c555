#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test_manual: help, manuals and completion name the same commands, options and words.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
need_private_mounts "$@"
private_world

programs=(xdpctl pktgen)
declare -A manual=([xdpctl]=$root/build/man/xdpctl.8 [pktgen]=$root/build/man/pktgen.1)

# The text of help is the reference: the commands of each program, in its order, and the options of
# each command. These tests have hundreds of words to compare, so bash does it without other processes.
declare -A commands=() options=()
read_help() { # PROGRAM
	local line lines command
	mapfile -t lines < <("$1" help)
	for line in "${lines[@]}"; do
		[[ ! $line =~ ^\ \ ([a-z]+(\ [a-z]+)?)(\|[a-z]+)?\  ]] || commands[$1]+=${BASH_REMATCH[1]}$'\n'
	done
	while read -r command; do
		# shellcheck disable=SC2086 # a command has one word or two
		mapfile -t lines < <("$1" help $command)
		for line in "${lines[@]}"; do
			[[ ! $line =~ ^\ \ (-(.),\ |\ \ \ \ )--([a-z-]+) ]] ||
				options[$1 $command]+=" --${BASH_REMATCH[3]}${BASH_REMATCH[2]:+ -${BASH_REMATCH[2]}}"
		done
	done <<<"${commands[$1]%$'\n'}"
}
for program in "${programs[@]}"; do read_help "$program"; done

# The same words, in whatever order, and however often.
assert_same_words() { # WANT GOT WHAT
	local word
	local -A wanted=() got=()
	for word in $1; do wanted[$word]=; done
	for word in $2; do
		[ -n "${wanted[$word]+is}" ] || assert_eq "$1" "$2" "$3"
		got[$word]=
	done
	[ ${#wanted[@]} = ${#got[@]} ] || assert_eq "$1" "$2" "$3"
}

# Of each section of the manual, by its heading: its options, and the letters of those that it shares.
read_sections() { # LINE...
	local line section=
	listed=() shared=() long=()
	for line in "$@"; do
		if [[ $line =~ ^(\ \ \ )?[^\ ] ]]; then
			section=$line
		elif [[ $line =~ ^\ {5}(-(.),\ )?--([a-z-]+) ]]; then
			[ "$section" != "   Shared options" ] || long[-${BASH_REMATCH[2]}]=--${BASH_REMATCH[3]}
			listed[$section]+=" --${BASH_REMATCH[3]}${BASH_REMATCH[2]:+ -${BASH_REMATCH[2]}}"
		elif [[ $line =~ ^\ *Shared\ options:\ (.*)\. ]]; then
			shared[$section]+=" ${BASH_REMATCH[1]//,/ }"
		fi
	done
}

# The command that a section of the manual is about, to $about: the longest whose name it begins with.
find_command() { # PROGRAM SECTION
	local command
	about=
	while read -r command; do
		[[ "$2 " != "   $command "* || ${#command} -lt ${#about} ]] || about=$command
	done <<<"${commands[$1]}"
}

# The options in the sections about a command, to $found.
find_in_manual() { # PROGRAM COMMAND
	local section letter about
	found=
	for section in "${!listed[@]}" "${!shared[@]}"; do
		find_command "$1" "$section"
		[ "$about" = "$2" ] || continue
		found+=" ${listed[$section]:-}"
		for letter in ${shared[$section]:-}; do found+=" $letter ${long[$letter]:-}"; done
	done
}

test_manual_has_every_option() {
	local program command text lines found
	local -A listed shared long
	for program in "${programs[@]}"; do
		text=$(mandoc -T ascii -O width=200 "${manual[$program]}" | sed 's/.\x08//g')
		assert_eq "${commands[$program]}" "$(sed -n '/^COMMANDS/,/^[A-Z]/p' <<<"$text" |
			sed -nE 's/^   ([a-z]+( [a-z]+)?)( .*)?$/\1/p')"$'\n' "commands in the manual"
		mapfile -t lines <<<"$text"
		read_sections "${lines[@]}"
		while read -r command; do
			find_in_manual "$program" "$command"
			assert_same_words "${options[$program $command]}" "$found" "options of $command"
		done <<<"${commands[$program]%$'\n'}"
	done
}

test_manual_has_the_environment() {
	assert_eq "$(grep -rohE --include='*.c' 'getenv\("[A-Z_]+"\)' "$root"/common "$root"/ctl |
		cut -d'"' -f2 | sort -u)" "$(sed -n 's/^\.It Ev //p' "${manual[xdpctl]}" | sort)"
}

test_manual_is_sound() {
	run 0 mandoc -T lint -W warning "${manual[@]}"
	assert_eq "" "$out$err"
}

test_manual_in_groff() {
	need man
	run 0 man --warnings -E UTF-8 -l -Tutf8 -Z "${manual[@]}"
	assert_eq "" "$(grep -v "set the locale" <<<"$err")"
}

# The completions of the last word, to $COMPREPLY, as bash splits a line.
complete_words() { # WORD...
	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	COMPREPLY=()
	"_$1" "$1" "${!#}"
}

complete_line() { # WORD...: prints the completions, sorted
	complete_words "$@"
	printf '%s\n' "${COMPREPLY[@]}" | sort -u | xargs
}

load_completion() {
	# shellcheck disable=SC1090 # it is built
	. "$root/build/completion/bash/$1" || exit 1
}

test_completion_has_every_option() {
	local program command
	for program in "${programs[@]}"; do
		load_completion "$program"
		complete_words "$program" ""
		assert_same_words "$(cut -d ' ' -f 1 <<<"${commands[$program]}")" "${COMPREPLY[*]}" "commands"
		while read -r command; do
			# shellcheck disable=SC2086 # a command has one word or two
			complete_words "$program" $command -
			assert_same_words "${options[$program $command]}" "${COMPREPLY[*]}" "options of $command"
		done <<<"${commands[$program]%$'\n'}"
	done
}

# Completion offers the words that the command itself accepts for an option.
test_words() {
	local program command option words with operands accepted
	for program in "${programs[@]}"; do
		load_completion "$program"
		"$program" help -j >"$work/table"
		while IFS=$'\x1f' read -r command option words operands with; do
			# shellcheck disable=SC2086 # several words of command and operands, and one option or none
			run 2 "$program" $command ${operands//PROFILE/syn-flood} "--$option" nonsense $with
			accepted=${err##* one of }
			while [[ $accepted =~ \ \([a-z]+\) ]]; do accepted=${accepted/"${BASH_REMATCH[0]}"/}; done
			assert_same_words "${words//|/ }" "${accepted//, / }" "$command --$option"
			# shellcheck disable=SC2086 # a command has one word or two
			complete_words "$program" $command "--$option" ""
			assert_same_words "${words//|/ }" "${COMPREPLY[*]}" "completion of $command --$option"
		done < <(jq -r '.commands[] | . as $c | .options[] |
			select(.argument // "" | test("^[a-z]")) | [$c.name, .name, .argument, $c.operands,
			if .with then "--\(.with)" else "" end] | join("\u001f")' "$work/table")
	done
	assert_eq "native generic" "$(complete_line xdpctl attach --mode = n) $(complete_line xdpctl attach x -m g)"
	assert_eq native "$(complete_line xdpctl load -m na)" "behind a second name"
	assert_eq "allow apply" "$(complete_line xdpctl policy a)" "a second word"
	assert_eq "replay run" "$(complete_line xdpctl events r)" "a second word, where none is needed"
	assert_eq "--json --jsonl" "$(complete_line xdpctl events --open --j)" "without a second word"
}

test_operands() {
	load_completion xdpctl
	load_completion pktgen
	ip netns add other
	mkdir "$work/d" && touch "$work/d/a.pcap" "$work/d/b.o" && cd "$work/d" || exit 1
	export -f complete_line complete_words
	assert_eq other "$(complete_line xdpctl stats --netns o)"
	assert_eq a.pcap "$(complete_line xdpctl replay --jobs 2 a)"
	assert_eq "" "$(complete_line xdpctl replay a.pcap "")" "after the last operand"
	assert_eq "syn-flood" "$(complete_line pktgen send --rate 5 syn)"
	assert_eq "stats status" "$(complete_line xdpctl help st)"
	ip -n other link add tap-1 type veth peer name tap-2
	# shellcheck disable=SC2016,SC2030 # bash there expands it
	assert_eq "tap-1 tap-2|tap-1|a.pcap b.o lo tap-1 tap-2|tap-1 tap-2" "$(nsenter --net=/run/netns/other \
		unshare --mount bash -c 'mount -t sysfs sysfs /sys && . "$0/completion/bash/xdpctl" &&
			. "$0/completion/bash/pktgen" && echo "$(complete_line xdpctl attach t)|$(
			complete_line pktgen play --speed 2 x.pcap tap-1)|$(
			complete_line xdpctl inspect "")|$(complete_line xdpctl top lo -d 3 t)"' "$root/build")"
	ip netns del other
}

# With the shell's own parser; and every option of every command is in the file.
check_shell() { # SHELL
	local program text
	for program in "${programs[@]}"; do
		run 0 "$1" -n "$root/build/completion/$1/$program"
		assert_eq "" "$out$err"
		text=$(<"$root/build/completion/$1/$program")
		assert_eq "" "$("$program" help -j | jq -r '
			(.commands[] | (.name | split(" ")[]), .options[].name), .shared_options[].name' |
			while read -r name; do
				[[ $text = *"$name"* ]] || echo "$name"
			done)" "missing for $1"
	done
}

test_zsh() {
	command -v zsh >/dev/null || skip "no zsh (package zsh)"
	check_shell zsh
}

test_fish() {
	command -v fish >/dev/null || skip "no fish (package fish)"
	check_shell fish
	complete_fish() { # LINE
		HOME=$work fish -c "source $root/build/completion/fish/xdpctl
			source $root/build/completion/fish/pktgen; complete -C '$1'" | cut -f1 | sort | xargs
	}
	assert_eq "auto generic native offload" "$(complete_fish "xdpctl attach --mode ")"
	assert_eq "stats status" "$(complete_fish "xdpctl sta")"
	assert_eq "--jsonl" "$(complete_fish "xdpctl stats --jsonl")"
	assert_eq "syn-flood" "$(complete_fish "pktgen send syn-f")"
	assert_eq "allow apply" "$(complete_fish "xdpctl policy a")"
}

test_install() {
	make -s -C "$root" install DESTDIR="$work/root" PREFIX=/usr >"$work/log" 2>&1 ||
		assert_eq "" "$(cat "$work/log")" "make install"
	assert_eq "bash-completion/completions/pktgen bash-completion/completions/xdpctl
fish/vendor_completions.d/pktgen.fish fish/vendor_completions.d/xdpctl.fish
man/man1/pktgen.1 man/man8/xdpctl.8
zsh/site-functions/_pktgen zsh/site-functions/_xdpctl" "$(cd "$work/root/usr/share" &&
		find man bash-completion zsh fish -type f | sort | xargs -n 2)"
}

run_tests test_manual_has_every_option test_manual_has_the_environment test_manual_is_sound \
	test_manual_in_groff test_completion_has_every_option test_words test_operands test_zsh \
	test_fish test_install
