// SPDX-License-Identifier: GPL-2.0-only
// program: what xdpctl and its helpers have in common: their name, and what precedes each command.
#include "ctl/program/program.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <net/if.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/advice.h"
#include "common/bpf/libbpf_log.h"
#include "common/netdev/netdev.h"
#include "common/netdev/netns.h"
#include "ctl/program/helper.h"

static bool takes_interfaces(const struct command *command)
{
	static const char *const operands[] = {"IFACE", "IFACE...", "[IFACE]", "[IFACE...]"};

	for (size_t i = 0; i < sizeof(operands) / sizeof(operands[0]); i++)
		if (!strcmp(command->operands, operands[i]))
			return true;
	return false;
}

/*
 * Enter only the network namespace: `ip netns exec` also mounts a new /sys, which hides the bpffs
 * with the pins.
 */
static int enter_netns(const char *netns, struct errmsg *why)
{
	int err, fd = netns__open("--netns", netns, why);

	if (fd < 0)
		return fd;
	err = setns(fd, CLONE_NEWNET) ? -errno : 0;
	close(fd);
	return err ? advice__set(why, ADVICE_ENTER_NETNS, err, "--netns: entering %s", netns) : 0;
}

/* Operands with real names in place of alternative ones. */
static struct {
	const char **operands;
	char (*names)[IFNAMSIZ];
} real;

/* Return: true if one of the first @count names is @name. */
static bool is_named(const char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

/* An interface that is named twice, by whatever names, is taken once. */
static int use_real_names(const char ***operands)
{
	size_t count = 0, kept = 0;

	while ((*operands)[count])
		count++;
	real.operands = calloc(count + 1, sizeof(*real.operands));
	real.names = calloc(count + 1, sizeof(*real.names));
	if (!real.operands || !real.names)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		bool found = netdev__find((*operands)[i], real.names[i], NULL) > 0;
		const char *name = found ? real.names[i] : (*operands)[i];

		if (!is_named(real.operands, kept, name))
			real.operands[kept++] = name;
	}
	*operands = real.operands;
	return 0;
}

static int xdpctl_prepare(const struct cli *cli, const struct command *command,
			  const char ***operands, struct errmsg *why)
{
	int err = 0;

	if (command->helper)
		return helper__exec(command->helper, command->name, cli->argv, why);
	libbpf_log__start(cli->verbose);
	if (cli->netns)
		err = enter_netns(cli->netns, why);
	if (!err && takes_interfaces(command))
		err = use_real_names(operands);
	return err;
}

/* Names are printed as UTF-8 in every locale; wcwidth() needs one that is. */
static void use_utf8(void)
{
	if (!setlocale(LC_CTYPE, "") || strcmp(nl_langinfo(CODESET), "UTF-8"))
		setlocale(LC_CTYPE, "C.UTF-8");
}

int program__main(const struct command *const *commands, int argc, const char **argv)
{
	const struct program program = {
		.name = "xdpctl",
		.summary = "count TCP SYNs per source, and stop SYN floods, in the driver (XDP)",
		.version = VERSION,
		.commands = commands,
		.prepare = xdpctl_prepare,
	};
	int status;

	use_utf8();
	status = cli__main(&program, argc, argv);
	free(real.names);
	free(real.operands);
	return status;
}
