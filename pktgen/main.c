// SPDX-License-Identifier: GPL-2.0-only
// main: the commands of pktgen.
#include "pktgen/commands.h"

static const struct command commands[] = {
	{
		.name = "list",
		.alias = "ls",
		.operands = "",
		.summary = "show the profiles and what can be chosen about them",
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
		.summary = "send frames of a profile, by default its count, for 10 s at most",
		.min_operands = 2,
		.max_operands = 2,
		.options = send_options,
		.run = cmd_send,
	},
	{
		.name = "play",
		.operands = "FILE.pcap[ng] IFACE",
		.summary = "send the frames of a capture, by default at their own pace",
		.min_operands = 2,
		.max_operands = 2,
		.options = play_options,
		.run = cmd_play,
	},
	{
		.name = "bench",
		.operands = "IFACE",
		.summary = "measure what each sender reaches, beside a bare live-frames loop",
		.min_operands = 1,
		.max_operands = 1,
		.options = bench_options,
		.run = cmd_bench,
	},
	{},
};

static const struct program program = {
	.name = "pktgen",
	.summary = "network traffic with known truth, to a file or onto the wire",
	.version = VERSION,
	.commands = commands,
};

int main(int argc, const char **argv)
{
	return cli__main(&program, argc, argv);
}
