# SPDX-License-Identifier: GPL-2.0-only
# include_rules: check that every include of the sources is one that tests/include_rules allows.
#
#   awk -f tests/include_rules.awk tests/include_rules FILE...
function report(text) { print "    " text; failed = 1 }
function place(   at) { return FILENAME ":" FNR ": " }
# A pattern of file names, where * may also stand for slashes.
function matches(name, pattern) {
	gsub(/[.]/, "[.]", pattern); gsub(/[*]/, ".*", pattern)
	return name ~ ("^" pattern "$")
}
function any(name, patterns,   list, n) {
	for (n = split(patterns, list, " "); n; n--) if (matches(name, list[n])) return 1
	return 0
}
function folder(path) { return sub(/\/[^\/]*$/, "", path) ? path : "." }
# The line that applies to a file: its own, or else its folder's.
function owner(path,   own) {
	own = path; sub(/[.][^\/]*$/, "", own)
	return own in allowed ? own : folder(path)
}

# The table: a line may name only lines above it.
NR == FNR && /^[#]|^$/ { next }
NR == FNR {
	key = $1; sub(/:$/, "", key); $1 = ""
	if (key ~ /^[<"]/) { narrow[key] = $0; next }
	may = " " key
	for (n = split($0, words, " "); n; n--) {
		found = words[n] ~ /^</ ? words[n] : ""
		for (line in allowed) if (matches(line, words[n])) found = found " " line
		if (found == "") report(place() key " may not include " words[n] ": no line above is named so")
		may = may " " found
	}
	allowed[key] = may
	next
}

FNR == 1 {
	own = owner(FILENAME); includes = 0; base = FILENAME; sub(/.*\//, "", base)
	top = FILENAME; sub(/\/.*/, "", top)
	if (!(own in allowed)) report(FILENAME ": no line of tests/include_rules has a place for " own)
	if (top ~ /^(common|ctl|pktgen)$/ && own != "common/abi") {
		if ((top, base) in seen) report(FILENAME ": " seen[top, base] " has the same name")
		seen[top, base] = FILENAME
	}
	header = FILENAME
	needs_own = sub(/[.]c$/, ".h", header) && (getline line < header) > 0; close(header)
}
!/^[ \t]*#[ \t]*include[ \t]*[<"]/ { next }
{
	sub(/^[ \t]*#[ \t]*include[ \t]*/, "")
	match($0, /^[<"][^>"]*[>"]/); what = substr($0, 1, RLENGTH); path = substr(what, 2, RLENGTH - 2)
	if (++includes == 1 && needs_own && path != header)
		report(place() "the first include is not its own header, \"" header "\"")
	for (pattern in narrow) if (matches(what, pattern) && !any(FILENAME, narrow[pattern]))
		report(place() what " is only for" narrow[pattern])
	if (what ~ /^</) {
		if (allowed[own] ~ /</ && !any(what, allowed[own])) report(place() own " may not include " what)
	} else if (path !~ /\//)
		report(place() what " is not written from the root")
	else if (!any(owner(path), allowed[own]))
		report(place() own " may not include " owner(path) ": " what)
}
END { exit failed }
