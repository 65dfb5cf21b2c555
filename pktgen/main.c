// SPDX-License-Identifier: GPL-2.0-only
// main: the commands of pktgen.
#include "pktgen/commands.h"

static const struct command *const commands[] = {
	&list_command,  &write_command,   &send_command, &play_command,
	&bench_command, &connect_command, NULL,
};

static const struct program program = {
	.name = "pktgen",
	.summary = "generate traffic with known counts, to a file or on an interface",
	.version = VERSION,
	.commands = commands,
};

int main(int argc, const char **argv)
{
	return cli__main(&program, argc, argv);
}
