// SPDX-License-Identifier: GPL-2.0-only
// cmd_detach: `xdpctl detach`.
#include <stdio.h>

#include "commands.h"
#include "lifecycle.h"
#include "render.h"

static const struct {
	const char *name;
	const char *text;
} reports[] = {
	[DETACH_DONE] = {"detached", "detached"},
	[DETACH_CLEANED] = {"cleaned", "was not attached any more; what it had left is removed"},
	[DETACH_NOTHING] = {"nothing", "was not attached"},
};

int cmd_detach(const struct cli *cli, const char **operands, struct errmsg *why)
{
	enum detach_report report;
	struct state *state;
	int err;

	err = state__open(STATE_WRITE, &state, why);
	if (err)
		return err;
	err = lifecycle__detach(state, operands[0], &report, why);
	state__close(state);
	if (err)
		return err;
	if (cli->json)
		return json__print(json_pack("{s:i, s:s, s:s}", "schema", JSON_SCHEMA, "interface",
					     operands[0], "result", reports[report].name),
				   why);
	printf("%s: %s\n", operands[0], reports[report].text);
	return 0;
}
