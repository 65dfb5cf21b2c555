#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# reproducible: two builds of the package, in folders of other names and lengths, with sources of other
# dates, time zones, locales and umasks, are the same bit for bit: programs, BPF objects, manuals and
# the package itself.
# alone: it compiles everything twice
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

a=$work/a b=$work/another/folder/b
package=build/deb/xdpctl/build # what the package is made of

# Sources alone, as they are now, dated to a day.
copy_tree() { # FOLDER DATE
	mkdir -p "$1" && (cd "$root" && git ls-files -z --cached --others --exclude-standard |
		xargs -0 tar -c --ignore-failed-read) | tar -x -C "$1" &&
		find "$1" -type f -exec touch -d "$2" {} +
}

# The package alone: lintian has nothing to do with it, and the tests are run elsewhere.
build_in() { # FOLDER
	make -s -C "$1" deb LINTIAN=true >"$1.log" 2>&1 || {
		tail "$1.log"
		assert_eq 0 1 "status of make in $1"
	}
}

# Every file that is built, but what the compiler and editors alone read.
artefacts() { # FOLDER
	(cd "$1/$package" && find . -type f ! -name '*.d' ! -name compile_commands.json | sort |
		xargs sha256sum)
}

# The second one without ccache: an object of the first, taken from its cache, would show nothing.
test_two_folders() {
	command -v dh >/dev/null || skip "no debhelper: make deps-deb"
	copy_tree "$a" 2001-02-03 && copy_tree "$b" 2011-12-13 || exit 1
	build_in "$a"
	(
		export TZ=Pacific/Auckland LC_ALL=C CCACHE_DISABLE=1
		umask 077
		build_in "$b"
	) || exit 1
	assert_eq "" "$(diff <(artefacts "$a") <(artefacts "$b"))" "artefacts that differ"
	[ "$(artefacts "$a" | wc -l)" -gt 100 ] || assert_eq "many" "few" "artefacts"
	cmp "$a/$package/bpf/syn.o" "$b/$package/bpf/syn.o" &&
		cmp "$a/$package/xdpctl" "$b/$package/xdpctl" || exit 1
	assert_eq "" "$(diff <(cd "$a/build/deb" && sha256sum ./*.deb) \
		<(cd "$b/build/deb" && sha256sum ./*.deb))" "packages that differ"
}

# What the test before has built.
need_packages() { compgen -G "$b/build/deb/xdpctl_*.deb" >/dev/null || skip "no package was built"; }

test_no_folder_is_named() {
	need_packages
	assert_eq "" "$(grep -lrF --exclude='*.d' --exclude=compile_commands.json -e "$b" "$b/$package")"
}

test_package_describes_itself() {
	need_packages
	dpkg-deb -x "$a"/build/deb/xdpctl_*.deb "$work/package" || exit 1
	run 0 "$root/tests/check_spdx.py" "$work/package" \
		"$work/package/usr/share/doc/xdpctl/xdpctl.spdx.json"
	assert_eq "" "$out" "faults of the SPDX document"
	grep -q "Permission is hereby granted" "$work/package/usr/share/doc/xdpctl/copyright"
}

run_tests test_two_folders test_no_folder_is_named test_package_describes_itself
