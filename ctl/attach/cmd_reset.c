// SPDX-License-Identifier: GPL-2.0-only
// cmd_reset: `xdpctl reset`, which shows the counts until then.
#include "common/attach/reset.h"
#include "common/base/number.h"
#include "ctl/attach/recovery.h"
#include "ctl/commands.h"
#include "ctl/render/interface_list.h"
#include "ctl/render/format.h"

#define DEFAULT_TOP 10

static const char *top_text;

const struct poptOption reset_options[] = {
	{"top", 'n', POPT_ARG_STRING, &top_text, 0, "show at most N sources; default 10", "N"},
	CLI_OPTIONS_END,
};

int cmd_reset(const struct cli *cli, const char **operands, struct errmsg *why)
{
	struct attachment attachment = {};
	struct registry *registry = NULL;
	struct snapshot snapshot = {};
	struct interface_list list;
	__u64 top = DEFAULT_TOP;
	int err = 0;

	if (top_text)
		err = number__u64("-n", top_text, 0, ALL_SOURCES, &top, why);
	if (err)
		return err;
	interface_list__open(cli, top, NULL, &list);
	err = recovery__open_registry(cli, &registry, NULL, why);
	if (!err)
		err = lifecycle__reset(registry, operands[0], &snapshot, &attachment, why);
	registry__close(registry);
	if (!err)
		interface_list__add(&list, &attachment, ", counted until the reset", &snapshot);
	snapshot__free(&snapshot);
	return interface_list__close(&list, err, why);
}
