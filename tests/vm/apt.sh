# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# apt: fetch packages of any Debian suite, verified by apt, to be unpacked and never installed.
#
# The mirror is the one that this machine uses, as reported by apt, so that every format of its
# configuration works. Set XDPCTL_VM_MIRROR on machines that are not Debian.

cache=${XDPCTL_VM_CACHE:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/build/vm}

lock_cache() {
	mkdir -p "$cache"
	exec 9>"$cache/lock"
	flock 9
}

# own_mirror PATTERN: this machine's mirror of the suites that match.
own_mirror() {
	# shellcheck disable=SC2016 # it is apt that expands them
	apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
		awk -v pattern="^($1)\$" '$1 ~ pattern {print $2; exit}'
}

debian_suites='bullseye|bookworm|trixie|forky|sid|oldoldstable|oldstable|stable|testing|unstable'

debian_mirror() {
	local mirror=${XDPCTL_VM_MIRROR:-$(own_mirror "$debian_suites")}
	[ -n "$mirror" ] && echo "$mirror" && return
	echo "apt has no Debian mirror here: set XDPCTL_VM_MIRROR" >&2
	return 1
}

debian_security_mirror() {
	echo "${XDPCTL_VM_SECURITY_MIRROR:-$(own_mirror "($debian_suites)-security")}"
}

# sources_of CODENAME: the suite and, if this machine has a mirror of it, its security suite.
sources_of() {
	local keyring mirror security options='arch=amd64 lang=none target=Packages'

	mirror=$(debian_mirror) || return
	for keyring in /usr/share/keyrings/debian-archive-keyring.{gpg,pgp}; do
		[ ! -e "$keyring" ] || options="$options signed-by=$keyring"
	done
	echo "deb [$options] $mirror $1 main"
	security=$(debian_security_mirror)
	[ "$1" = sid ] || [ -z "$security" ] || echo "deb [$options] $security $1-security main"
}

# apt_in CODENAME PROGRAM ARGUMENT...: apt with separate lists and state, without the machine's
# hooks. Proxies and credentials stay as configured.
apt_in() {
	local root=$cache/apt/$1 program=$2
	shift 2
	"$program" -c "$root/conf" "$@"
}

write_conf() { # ROOT
	mkdir -p "$1/lists/partial" "$1/cache/archives/partial"
	: >"$1/status"
	cat >"$1/conf" <<-END
		#clear APT::Update::Pre-Invoke;
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
		#clear DPkg::Post-Invoke;
		APT::Architecture "amd64";
		APT::Architectures { "amd64"; };
		# Other users may have no access to the cache.
		APT::Sandbox::User "$(id -un)";
		Dir::State "$1";
		Dir::State::lists "$1/lists";
		Dir::State::status "$1/status";
		Dir::Cache "$1/cache";
		Dir::Etc::sourcelist "$1/sources.list";
		Dir::Etc::sourceparts "/dev/null";
		Dir::Etc::preferences "/dev/null";
		Dir::Etc::preferencesparts "/dev/null";
		Acquire::Retries "3";
		Acquire::http::Timeout "60";
	END
}

# At most once a day. Falls back to the main suite if the mirror has dropped its security suite.
update_lists() { # CODENAME
	local root=$cache/apt/$1 sources
	[ -z "$(find "$root/updated" -mmin -1440 2>/dev/null)" ] || return 0
	sources=$(sources_of "$1") || return
	write_conf "$root"
	echo "$sources" >"$root/sources.list"
	if ! apt_in "$1" apt-get -qq update --error-on=any; then
		sed -i 1q "$root/sources.list"
		apt_in "$1" apt-get -qq update --error-on=any || return
	fi
	touch "$root/updated"
}

# fetch CODENAME DIRECTORY PACKAGE...: the .debs; apt compares their hashes with the signed list.
fetch() {
	local codename=$1 directory=$2
	shift 2
	(cd "$directory" && apt_in "$codename" apt-get -qq download "$@")
}

# depends_of CODENAME PACKAGE PATTERN: the package and its dependencies, direct or not, that match.
depends_of() {
	apt_in "$1" apt-cache depends --recurse --important --no-pre-depends \
		--no-conflicts --no-breaks --no-replaces --no-enhances "$2" |
		grep -E "^($3)" | sort -u
}
