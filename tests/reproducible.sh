#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# reproducible: two builds, from folders of other names and lengths, with sources of other dates, time
# zones, locales and umasks, are the same bit for bit: programs, BPF objects, manuals and package.
# alone: it compiles everything twice
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

a=$work/a b=$work/another/folder/b
export CCACHE_DISABLE=1 # an object from its cache would show nothing

# Sources alone, as they are now, dated to a day.
copy_tree() { # FOLDER DATE
	mkdir -p "$1" && (cd "$root" && git ls-files -z --cached --others --exclude-standard |
		xargs -0 tar -c --ignore-failed-read) | tar -x -C "$1" &&
		find "$1" -type f -exec touch -d "$2" {} +
}

make_in() { # FOLDER TARGET...
	make -s -C "$1" -j"$(nproc)" "${@:2}" >>"$work/log" 2>&1 || {
		tail "$work/log"
		assert_eq 0 1 "status of make in $1"
	}
}

# Every file that is built, but what the compiler and editors alone read.
artefacts() { # FOLDER
	(cd "$1" && find build -type f ! -name '*.d' ! -name compile_commands.json \
		! -path 'build/deb/*' | sort | xargs sha256sum)
}

test_two_folders() {
	copy_tree "$a" 2001-02-03 && copy_tree "$b" 2011-12-13 || exit 1
	make_in "$a" all
	(
		export TZ=Pacific/Auckland LC_ALL=C
		umask 077
		make_in "$b" all
	) || exit 1
	assert_eq "" "$(diff <(artefacts "$a") <(artefacts "$b"))" "artefacts that differ"
	[ "$(artefacts "$a" | wc -l)" -gt 100 ] || assert_eq "many" "few" "artefacts"
	local file
	for file in bpf/syn.o xdpctl xdpctl-export; do
		cmp "$a/build/$file" "$b/build/$file" || exit 1
	done
}

test_no_folder_is_named() {
	assert_eq "" "$(grep -lrF --exclude='*.d' --exclude=compile_commands.json -e "$b" "$b/build")"
}

test_package() {
	command -v dh >/dev/null || skip "no debhelper: make deps-deb"
	command -v lintian >/dev/null || skip "no lintian: make deps-deb"
	make_in "$a" deb
	make_in "$b" deb
	assert_eq "" "$(diff <(cd "$a/build/deb" && sha256sum ./*.deb) \
		<(cd "$b/build/deb" && sha256sum ./*.deb))" "packages that differ"
}

# The package that the test before has built.
test_package_describes_itself() {
	ls "$a"/build/deb/xdpctl_*.deb >/dev/null 2>&1 || skip "no package was built"
	dpkg-deb -x "$a"/build/deb/xdpctl_*.deb "$work/package" || exit 1
	run 0 "$root/tests/check_spdx.py" "$work/package" \
		"$work/package/usr/share/doc/xdpctl/xdpctl.spdx.json"
	assert_eq "" "$out" "faults of the SPDX document"
	grep -q "Permission is hereby granted" "$work/package/usr/share/doc/xdpctl/copyright"
}

run_tests test_two_folders test_no_folder_is_named test_package test_package_describes_itself
