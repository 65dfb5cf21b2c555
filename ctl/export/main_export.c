// SPDX-License-Identifier: GPL-2.0-only
// main_export: xdpctl-export, the program that runs `xdpctl export`. It has libraries of its own,
// which would double the time that every other command takes to start.
#include "ctl/commands.h"
#include "ctl/export/export_options.h"
#include "ctl/export/exporter.h"
#include "ctl/export/serve.h"
#include "ctl/export/textfile.h"
#include "ctl/program/program.h"

static int run_export(const struct cli *cli, const char **operands, struct errmsg *why)
{
	const struct export_options *options = cli->options;
	struct exporter exporter = {
		.watch = {.names = operands,
			  .heaviest = true,
			  .keeps_detached = true,
			  .view = options->view},
		.top = options->top,
	};
	int err;

	err = options->textfile ? textfile__run(&exporter, options, why)
				: serve__run(&exporter, cli, why);
	exporter__free(&exporter);
	return err;
}

int main(int argc, const char **argv)
{
	struct command command = export_command;
	const struct command *const commands[] = {&command, NULL};

	command.helper = NULL;
	command.run = run_export;
	return program__main(commands, argc, argv);
}
