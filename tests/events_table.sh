#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# events_table: what tests/prog/events.golden says of each of the scenarios, as a table for the
# documentation: after how long an attack was found, what was missed, and what was a false alarm.
#
#   events_table.sh [--update]    print it, or write it to dist/doc/events.md
set -u
cd "$(dirname "$0")/.." || exit 1

table() {
	awk -F '\t' '
		FILENAME ~ /golden$/ {
			if ($1 != "profile") next
			began[$2] += $5 ~ / began: /
			if (!($2 in first)) {
				first[$2] = $3
				cause[$2] = $5 ~ /unfinished/ ? "`unfinished`" : "`rate`"
			}
			next
		}
		/^#/ { next }
		!head++ {
			print "| traffic | found after | by | episodes | result |"
			print "|---|---|---|---|---|"
		}
		{
			told = $1 in first
			is_attack = $2 ~ /^[0-9]/
			result = is_attack ? "missed" : "silent"
			if (told) result = is_attack ? "found" : $2 == "crowd" ? "told of: a crowd" : "false alarm"
			after = told && is_attack ? sprintf("%g s", first[$1] - $2) : "-"
			by = told ? cause[$1] : "-"
			printf "| %s | %s | %s | %d | %s |\n", $3, after, by, began[$1], result
		}' tests/prog/events.golden tests/event_scenarios
}

if [ "${1:-}" = --update ]; then
	table >"${TMPDIR:-/tmp}/events_table.$$"
	sed -i -e "/^| traffic/,/^\$/{/^\$/!d}" -e "/^<!-- tests.events_table.sh -->\$/r ${TMPDIR:-/tmp}/events_table.$$" \
		dist/doc/events.md
	rm -f "${TMPDIR:-/tmp}/events_table.$$"
else
	table
fi
