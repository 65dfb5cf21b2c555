// SPDX-License-Identifier: GPL-2.0-only
// interface_list: one JSON document or one screen, with the counts of several interfaces.
#include "ctl/render/interface_list.h"

#include <stdio.h>

#include "common/base/utf8.h"
#include "ctl/render/format.h"
#include "ctl/render/snapshot_json.h"
#include "ctl/render/snapshot_text.h"

void interface_list__open(const struct cli *cli, size_t top, const struct source_view *view,
			  struct interface_list *ret)
{
	*ret = (struct interface_list){
		.interfaces = cli->json ? json_array() : NULL,
		.top = top,
		.verbose = cli->verbose,
	};
	if (view)
		ret->view = *view;
}

void interface_list__add(struct interface_list *list, const struct attachment *attachment,
			 const char *remark, const struct snapshot *snapshot)
{
	const char *mode =
		attachment->mode == ATTACH_NONE ? NULL : attach_mode_names[attachment->mode];

	if (list->interfaces) {
		json_t *object = json_pack("{s:o, s:s?}", "interface",
					   utf8__json(attachment->interface), "mode", mode);

		json_object_update_new(object, snapshot_to_json(snapshot, &list->view, list->top));
		json_array_append_new(list->interfaces, object);
		list->count++;
		return;
	}
	printf("%s%s: %s%s\n", list->count ? "\n" : "", UTF8_PRINTABLE(attachment->interface),
	       mode ?: "detached; showing its last counts", remark);
	print_snapshot(snapshot, &list->view, list->top, list->verbose);
	list->count++;
}

int interface_list__close(struct interface_list *list, int err, struct errmsg *why)
{
	json_t *document;

	if (!list->interfaces)
		return err;
	document = json_pack("{s:i, s:o}", "schema", JSON_SCHEMA, "interfaces", list->interfaces);
	if (list->overview)
		json_object_set_new(document, "overview", list->overview);
	if (!err || list->count)
		return cli__print_json(document, why) ?: err;
	json_decref(document);
	return err;
}
