// SPDX-License-Identifier: GPL-2.0-only
// main: xdpctl's table of commands and the options that they share.
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/bpf/libbpf_log.h"
#include "ctl/commands.h"

static const char *netns;

static const struct poptOption shared_options[] = {
	{"netns", 'N', POPT_ARG_STRING, &netns, 0,
	 "look for interfaces in this network namespace: its name or path", "NETNS"},
	CLI_OPTIONS_END,
};

static const struct command commands[] = {
	{"attach", "load", "IFACE...", "count SYNs on interfaces, or upgrade the running program",
	 1, -1, attach_options, cmd_attach},
	{"detach", "unload", "[IFACE...]", "stop counting on interfaces", 0, -1, detach_options,
	 cmd_detach},
	{"status", NULL, "[IFACE]", "show which interfaces are attached, and how", 0, 1, NULL,
	 cmd_status},
	{"stats", NULL, "[IFACE]", "show frames, classes, SYNs and top sources", 0, 1,
	 stats_options, cmd_stats},
	{"reset", NULL, "IFACE", "show the counts a last time and restart from zero", 1, 1,
	 reset_options, cmd_reset},
	{"top", NULL, "[IFACE...]", "show live rates, sources and victims on a full screen", 0, -1,
	 top_options, cmd_top},
	{"export", NULL, "[IFACE...]", "serve metrics to monitoring systems, and a live page", 0,
	 -1, export_options, cmd_export},
	{"replay", NULL, "FILE", "count the SYNs in a capture file", 1, 1, replay_options,
	 cmd_replay},
	{"doctor", NULL, "[IFACE]", "check whether this machine can run xdpctl, and what limits it",
	 0, 1, doctor_options, cmd_doctor},
	{"inspect", NULL, "[IFACE|ID|OBJ.o]", "show how a program was built, verified and run", 0,
	 1, inspect_options, cmd_inspect},
	{"verify", NULL, "OBJ.o", "load a program without attaching it, and explain a rejection", 1,
	 1, verify_options, cmd_verify},
	{},
};

/*
 * Enter only the network namespace: `ip netns exec` also mounts a new /sys, which hides the bpffs
 * with the pins.
 */
static int enter_netns(struct errmsg *why)
{
	char path[256];
	int fd, err;

	snprintf(path, sizeof(path), "%s%s", strchr(netns, '/') ? "" : "/run/netns/", netns);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errmsg__set(why, -errno, "--netns: %s: %s: 'ip netns' lists the names", path,
				   strerror(errno));
	err = setns(fd, CLONE_NEWNET) ? -errno : 0;
	close(fd);
	return err ? errmsg__set(why, err, "--netns: entering %s: %s", path, strerror(-err)) : 0;
}

static int xdpctl_prepare(const struct cli *cli, struct errmsg *why)
{
	libbpf_log__start(cli->verbose);
	return netns ? enter_netns(why) : 0;
}

int main(int argc, const char **argv)
{
	static const struct program program = {
		.name = "xdpctl",
		.summary = "count TCP SYNs per source with XDP, at the driver",
		.version = VERSION,
		.commands = commands,
		.options = shared_options,
		.prepare = xdpctl_prepare,
	};

	return cli__main(&program, argc, argv);
}
