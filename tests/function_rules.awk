# SPDX-License-Identifier: GPL-2.0-only
# function_rules: no static function of the same name in two files; no function with more than two
# steps of the form `if (!err)`.
#
#   awk -f tests/function_rules.awk FILE...
function report(text) { print "    " text; failed = 1 }

FNR == 1 { inside = 0 }
/^[a-z].*\(/ && !inside { start = FILENAME ":" FNR ": " $0 }
/^static [^(]*[a-z_0-9]\(/ && !/^[^(]*=/ && FILENAME ~ /[.]c$/ {
	name = $0; sub(/^static __attribute__\(\(.*\)\) /, "static ", name)
	sub(/\(.*/, "", name); sub(/.*[ *]/, "", name)
	if (name in file && file[name] != FILENAME)
		report(FILENAME ":" FNR ": " name "() is defined in " file[name] " as well: name its subject")
	file[name] = FILENAME
}
/^\{/ { inside = 1; steps = 0 }
inside && /if \(!err( &&|\))/ { steps++ }
/^\}/ {
	if (inside && steps > 2)
		report(start ": " steps " steps of `if (!err)`: return early, or leave by one exit")
	inside = 0
}
END { exit failed }
