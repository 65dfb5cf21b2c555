// SPDX-License-Identifier: GPL-2.0-only
// main: xdpctl's table of commands, and the options that all of them take.
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
	{"attach", "load", "IFACE...", "count SYNs on interfaces, or upgrade what counts there", 1,
	 -1, attach_options, cmd_attach},
	{"detach", "unload", "[IFACE...]", "stop counting on interfaces", 0, -1, detach_options,
	 cmd_detach},
	{"status", NULL, "[IFACE]", "show what is attached, and how", 0, 1, NULL, cmd_status},
	{"stats", NULL, "[IFACE]", "show frames, classes, SYNs and top sources", 0, 1,
	 stats_options, cmd_stats},
	{"reset", NULL, "IFACE", "count from zero, and show what was counted", 1, 1, reset_options,
	 cmd_reset},
	{"top", NULL, "[IFACE...]", "watch rates, sources and victims on a full screen", 0, -1,
	 top_options, cmd_top},
	{"export", NULL, "[IFACE...]", "serve counters to monitoring systems, and a live page", 0,
	 -1, export_options, cmd_export},
	{"replay", NULL, "FILE", "count a capture's SYNs, without an interface", 1, 1,
	 replay_options, cmd_replay},
	{"doctor", NULL, "[IFACE]", "show what this machine offers and what stands in the way", 0,
	 1, doctor_options, cmd_doctor},
	{"inspect", NULL, "[IFACE|ID|OBJ.o]", "show a program's life: written, verified, run", 0, 1,
	 inspect_options, cmd_inspect},
	{"verify", NULL, "OBJ.o", "load without attaching, and explain a refusal", 1, 1,
	 verify_options, cmd_verify},
	{},
};

/*
 * Only the network namespace is entered, unlike with `ip netns exec`, which mounts a fresh /sys
 * and so hides the bpffs where everything is pinned.
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

static int prepare(const struct cli *cli, struct errmsg *why)
{
	libbpf_log__start(cli->verbose);
	return netns ? enter_netns(why) : 0;
}

int main(int argc, const char **argv)
{
	static const struct program program = {
		.name = "xdpctl",
		.summary = "who is sending SYNs, counted by XDP at the driver",
		.version = VERSION,
		.commands = commands,
		.options = shared_options,
		.prepare = prepare,
	};

	return cli__main(&program, argc, argv);
}
