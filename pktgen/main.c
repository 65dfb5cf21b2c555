// SPDX-License-Identifier: GPL-2.0-only
// main: the commands of pktgen.
#include "pktgen/commands.h"

static const struct command commands[] = {
	{
		.name = "list",
		.alias = "ls",
		.operands = "",
		.summary = "list the profiles and their options",
		.run = cmd_list,
	},
	{
		.name = "write",
		.operands = "PROFILE OUT.pcap[ng]",
		.summary = "write frames of a profile to a capture file",
		.min_operands = 2,
		.max_operands = 2,
		.options = write_options,
		.run = cmd_write,
	},
	{
		.name = "send",
		.operands = "PROFILE IFACE",
		.summary = "send frames of a profile; by default its count, for at most 10 s",
		.min_operands = 2,
		.max_operands = 2,
		.options = send_options,
		.run = cmd_send,
	},
	{
		.name = "play",
		.operands = "FILE.pcap[ng] IFACE",
		.summary = "send the frames of a capture, by default with their original timing",
		.min_operands = 2,
		.max_operands = 2,
		.options = play_options,
		.run = cmd_play,
	},
	{
		.name = "bench",
		.operands = "IFACE",
		.summary = "measure the rate of each sender, and of a bare live-frames loop",
		.min_operands = 1,
		.max_operands = 1,
		.options = bench_options,
		.run = cmd_bench,
	},
	{},
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
