// SPDX-License-Identifier: GPL-2.0-only
// interface_list: one JSON document or one screen, with the counts of several interfaces.
#ifndef CTL_RENDER_INTERFACE_LIST_H
#define CTL_RENDER_INTERFACE_LIST_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/attach/attachment.h"
#include "common/base/cli.h"
#include "common/counts/snapshot.h"
#include "common/counts/source_view.h"

struct interface_list {
	json_t *interfaces; /* NULL: print tables */
	json_t *overview;   /* of all of them, to go with the JSON document, or NULL */
	struct source_view view;
	size_t top;   /* sources shown for each interface */
	size_t count; /* interfaces added */
	bool verbose;
};

/**
 * interface_list__open() - begin a list, in the format that the command line asks for
 * @view: NULL shows the sources as they were counted
 */
void interface_list__open(const struct cli *cli, size_t top, const struct source_view *view,
			  struct interface_list *ret);

/** interface_list__add() - add an interface; @remark follows its name and mode, in text. */
void interface_list__add(struct interface_list *list, const struct attachment *attachment,
			 const char *remark, const struct snapshot *snapshot);

/**
 * interface_list__close() - print what is not printed yet, unless there is nothing but @err
 *
 * Return: @err, or a negative errno with @why set.
 */
int interface_list__close(struct interface_list *list, int err, struct errmsg *why);

#endif
