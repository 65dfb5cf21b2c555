#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# package_contents: the SPDX document describes every file, and what is embedded in the page, whose
# licence is embedded with it.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

package=$work/package
document=$package/usr/share/doc/xdpctl/xdpctl.spdx.json
sentence="Permission is hereby granted, free of charge, to any person obtaining a copy"

# A package of two files.
describe() {
	mkdir -p "$package/usr/libexec" "$package/usr/share/doc/xdpctl" "$package/DEBIAN"
	cp "$root/build/xdpctl-export" "$package/usr/libexec" &&
		cp "$root/README.md" "$package/usr/share/doc/xdpctl" &&
		: >"$package/DEBIAN/control" &&
		run 0 env SOURCE_DATE_EPOCH=1000000000 "$root/dist/spdx.py" "$package" 1.2.3 &&
		cp "$work/out" "$document" && rm -r "$package/DEBIAN"
}

is_valid() { run 0 "$root/tests/check_spdx.py" "$package" "$document"; }

has_chart_library() {
	grep -aq 'Released under the MIT License' "$root/build/xdpctl-export" || skip "built without a chart library"
}

test_document() {
	need python3
	python3 -c 'import jsonschema' 2>/dev/null || skip "no jsonschema: make deps-test"
	describe
	is_valid
	assert_eq "" "$out" "faults"
	assert_eq '["SPDX-2.3","xdpctl-1.2.3","2001-09-09T01:46:40Z"]' \
		"$(jq -c '[.spdxVersion, .name, .creationInfo.created]' "$document")"
	assert_eq '["./usr/libexec/xdpctl-export","./usr/share/doc/xdpctl/README.md"]' \
		"$(jq -c '[.files[].fileName]' "$document")" "files"
	cp "$document" "$work/before"
	describe
	cmp "$work/before" "$document" || assert_eq "the same document" "another"
}

# The test itself sees a file that changed, and one that came.
test_faults_are_seen() {
	need python3
	python3 -c 'import jsonschema' 2>/dev/null || skip "no jsonschema: make deps-test"
	describe
	echo more >>"$package/usr/share/doc/xdpctl/README.md"
	echo new >"$package/usr/libexec/new"
	is_valid
	assert_eq $'./usr/libexec/new: not described\n./usr/share/doc/xdpctl/README.md: wrong checksums' "$out"
	jq 'del(.files[0].checksums)' "$document" >"$work/short" && cp "$work/short" "$document"
	is_valid
	assert_eq "\$.files[0]: 'checksums' is a required property" "$out"
}

test_embedded_software() {
	has_chart_library
	describe
	assert_eq '[["@kurkle/color","MIT"],["Chart.js","MIT"],["xdpctl","GPL-2.0-only"]]' \
		"$(jq -c '[.packages[] | [.name, .licenseDeclared]] | sort' "$document")"
	assert_eq "GPL-2.0-only AND MIT" "$(jq -r '.files[] | select(.fileName == "./usr/libexec/xdpctl-export")
		.licenseConcluded' "$document")"
}

# The text is in the page, and in the package's copyright file.
test_licence_of_embedded_software() {
	has_chart_library
	assert_eq 1 "$(grep -ac "$sentence" "$root/build/xdpctl-export")" "texts in the program"
	assert_eq 1 "$(tr -s ' \n' ' ' <"$root/dist/debian/copyright" | grep -c "$sentence")" "in copyright"
}

run_tests test_document test_faults_are_seen test_embedded_software test_licence_of_embedded_software
