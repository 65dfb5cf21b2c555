// SPDX-License-Identifier: GPL-2.0-only
// main: xdpctl's table of commands.
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/bpf/libbpf_log.h"
#include "ctl/commands.h"

static const struct command *const commands[] = {
	&attach_command, &detach_command,  &status_command, &stats_command,
	&reset_command,  &top_command,     &export_command, &replay_command,
	&doctor_command, &inspect_command, &verify_command, NULL,
};

/*
 * Enter only the network namespace: `ip netns exec` also mounts a new /sys, which hides the bpffs
 * with the pins.
 */
static int enter_netns(const char *netns, struct errmsg *why)
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
	return cli->netns ? enter_netns(cli->netns, why) : 0;
}

/* Names are printed as UTF-8 in every locale; wcwidth() needs one that is. */
static void use_utf8(void)
{
	if (!setlocale(LC_CTYPE, "") || strcmp(nl_langinfo(CODESET), "UTF-8"))
		setlocale(LC_CTYPE, "C.UTF-8");
}

int main(int argc, const char **argv)
{
	static const struct program program = {
		.name = "xdpctl",
		.summary = "count TCP SYNs per source with XDP, at the driver",
		.version = VERSION,
		.commands = commands,
		.prepare = xdpctl_prepare,
	};

	use_utf8();
	return cli__main(&program, argc, argv);
}
