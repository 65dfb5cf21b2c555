# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# policy: a world in which policies are applied to the gateway's interface, with nothing stored; for
# tests that source lib.sh, after need_private_mounts.
# shellcheck disable=SC2154 # work and slow are lib.sh's

private_world
mount -t tmpfs tmpfs /var/lib
unset SSH_CONNECTION

after_each() {
	remove_hosts
	rm -rf /var/lib/xdpctl
}

X() { xdpctl "$@" --netns gateway; }

# IPv6 stays silent, so that every frame is one that is sent here.
make_silent_hosts() {
	make_hosts
	ip netns exec client sysctl -qw net.ipv6.conf.all.disable_ipv6=1
	ip netns exec gateway sysctl -qw net.ipv6.conf.all.disable_ipv6=1
}

# policy NAME LINE...: a file of these lines.
policy() {
	printf '%s\n' "xdpctl-policy: 1" "${@:2}" >"$work/$1.yaml"
}

# One SYN to the gateway, from the client, which gives up before it sends another. Status: 1 if it
# was answered with a RST, 124 if it was dropped.
knock_once() { # ADDRESS
	# shellcheck disable=SC2016 # expanded by the inner shell
	inside client timeout "$slow" bash -c ': <>"/dev/tcp/$1/9"' knock "$1" 2>/dev/null
}

# It was answered, so that it passed.
knocks() { # ADDRESS
	knock_once "$1"
	[ $? = 1 ]
}
