#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# docs: what the documentation names exists: files, commands, options, make's targets, tests.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$root" || exit 1

pages=(README.md SECURITY.md dist/doc/*.md)
others=(dist/man/*.in dist/systemd/* dist/prometheus/*.yml dist/debian/xdpctl.* dist/grafana/*.json)

# FILE:CODE, a line for each line of a code block and for each code span of a page.
code() { # FILE...
	awk '/^```/ { block = !block; next }
		block { sub(/^[#$] /, ""); print FILENAME ":" $0; next }
		{
			text = text_before $0
			text_before = ""
			if (gsub(/`/, "`", text) % 2) { text_before = text " "; next }
			while (match(text, /`[^`]+`/)) {
				print FILENAME ":" substr(text, RSTART + 1, RLENGTH - 2)
				text = substr(text, RSTART + RLENGTH)
			}
		}' "$@"
}

# FILE:COMMAND LINE, wherever a command line of this program is shown.
command_lines() { # PROGRAM
	code "${pages[@]}" | grep -E ":$1( |\$)"
	grep -HoE "('|^|SBINDIR@/)$1 [^'\"#]+" "${others[@]}" | sed -E "s|:.*$1 |:$1 |"
}

# All that a command takes, as -x and --option; the knobs of profiles with them.
options_of() { # PROGRAM COMMAND
	printf '%s\n' -j --json -v --verbose -h --help
	jq -r --arg c "$2" '(.commands[] | select($c == (.name, .alias)) | .options[]), .shared_options[]? |
		"--" + .name, (.letter // empty | "-" + .)' "$work/$1.json"
	[ "$1" != pktgen ] || pktgen list -j | jq -r '"--" + (.profiles[].knobs[].name)'
}

report() { # WHAT; on stdin what is wrong, a line each
	local wrong
	wrong=$(sort -u)
	assert_eq "" "$wrong" "$1"
}

dead_links() { # PAGE...
	local page link
	for page in "$@"; do
		grep -oE '\]\([^)]+\)' "$page" | tr -d '])(' | grep -v '^https://' | while read -r link; do
			if [[ $link == \#* ]]; then
				grep -qxF -- "## ${link#?}" "$page"
			else
				[ -e "$(dirname "$page")/${link%%#*}" ]
			fi || echo "$page: $link"
		done
	done
}

test_links() { dead_links "${pages[@]}" | report "links that lead nowhere"; }

test_installed_links() {
	make -s install DESTDIR="$work/root" PREFIX=/usr >"$work/log" 2>&1 ||
		assert_eq "" "$(cat "$work/log")" "make install"
	dead_links "$work"/root/usr/share/doc/xdpctl/*.md | report "links that lead nowhere"
}

# Paths of the tree; capitals stand for any name.
test_paths() {
	local page path
	code "${pages[@]}" | grep -oE '^[^:]+:(xdp|common|ctl|pktgen|tests|perf|dist|\.ci)/[^ ,;]*' |
		while IFS=: read -r page path; do
			compgen -G "$(sed -E 's/\b[A-Z]+\b/*/g; s/_NAME/_*/' <<<"$path")" >/dev/null ||
				echo "$page: $path"
		done | report "paths that do not exist"
}

test_commands() {
	local program line page word words command known
	for program in xdpctl pktgen; do
		"$program" help -j >"$work/$program.json"
		known=$(jq -r '.commands[] | .name, .alias // empty' "$work/$program.json"; echo help version)
		while IFS= read -r line; do
			page=${line%%:*} line=${line#*:}
			read -ra words <<<"$(sed -E 's/ [#|>&].*//; s/[[,]//g; s/]//g' <<<"$line")"
			command=${words[1]:-}
			[[ $command =~ ^[a-z]+$ ]] || continue
			! grep -qxF -- "$command ${words[2]:-}" <<<"$known" || command+=" ${words[2]}"
			grep -qwF -- "$command" <<<"$known" || {
				echo "$page: no command $command: $line"
				continue
			}
			for word in "${words[@]:2}"; do
				[[ $word == -* && $word != - ]] || continue
				options_of "$program" "$command" | grep -qxF -- "${word%%=*}" ||
					echo "$page: $command has no option ${word%%=*}: $line"
			done
		done < <(command_lines "$program")
	done | report "commands and options that do not exist"
}

# An option that a sentence names alone is one of some command.
test_options() {
	local program
	for program in xdpctl pktgen; do
		"$program" help -j | jq -r '.. | objects | select(has("letter")) | "--" + .name,
			(.letter // empty | "-" + .)'
		pktgen list -j | jq -r '"--" + (.profiles[].knobs[].name)'
	done | cat - <(printf '%s\n' -j --json -v --verbose) | sort -u >"$work/options"
	code "${pages[@]}" | grep -E '^[^:]+:(--[a-z]|-[a-z]([ =]|$))' | sed -E 's/([= [].*)?$//' |
		while IFS=: read -r page option; do
			grep -qxF -- "$option" "$work/options" || echo "$page: $option"
		done | report "options of no command"
}

test_make_targets() {
	code "${pages[@]}" | sed -nE 's/^([^:]+):(.* )?make ([a-z-]+)( .*)?$/\1 \3/p' |
		while read -r page target; do
			grep -q "^$target:" Makefile || echo "$page: make $target"
		done | report "targets that do not exist"
}

# SECURITY.md: `live/test_x` (this, that): the file has a function for each of them.
# shellcheck disable=SC2016 # backquotes as they are
test_tests_named() {
	local file name names
	grep -oE '`(unit|prog|live|vm)/[a-z_/.]+`( \([^)]*\))?' SECURITY.md | tr -d '`' |
		while read -r file names; do
			file=$(compgen -G "tests/${file%.sh}.*") || echo "no test $file"
			tr -d '()' <<<"$names" | tr ',' '\n' | sed 's/^ *//; s/ /_/g' |
				while read -r name; do
					[ -z "$name" ] || grep -qi "test_[a-z0-9_]*$name" "$file" ||
						echo "$file has no test of $name"
				done
		done | report "tests that do not exist"
}

# Everything in dist/doc/ can be reached from the README.
test_nothing_is_lost() {
	local file
	for file in dist/doc/*; do
		grep -qF "$(basename "$file")" README.md dist/doc/*.md || echo "$file"
	done | report "files that no page links to"
}

run_tests test_links test_installed_links test_paths test_commands test_options test_make_targets test_tests_named \
	test_nothing_is_lost
