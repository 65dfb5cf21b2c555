// SPDX-License-Identifier: GPL-2.0-only
// cmd_status: `xdpctl status`.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/attach/attachment.h"
#include "common/attach/stray.h"
#include "common/base/utf8.h"
#include "common/netdev/netdev.h"
#include "ctl/attach/attachment_json.h"
#include "ctl/attach/attachment_text.h"
#include "ctl/attach/recovery.h"
#include "ctl/commands.h"
#include "ctl/monitor/watch.h"
#include "ctl/render/format.h"

/* An interface that was asked for, and that nothing of ours is attached to. */
struct unattached {
	struct attachment attachment;
	struct program_identity other; /* the program that it runs instead; id 0: none */
	enum attach_mode mode;         /* of that program */
};

struct status {
	const struct cli *cli;
	const char **operands;
	const struct attachment *list; /* everything that is attached */
	size_t count;
	struct attachment *shown; /* of the list, those that were asked for */
	size_t shown_count;
	struct unattached *unattached;
	size_t unattached_count;
};

/* Without the privilege to open the program, only its id is known. */
static int unattached_inspect(const char *interface, struct unattached *ret, struct errmsg *why)
{
	struct xdp_hook_state running;
	int err, fd, ifindex = netdev__index(interface, why);

	if (ifindex < 0)
		return ifindex;
	err = xdp_hook__query(ifindex, &running, why);
	if (err)
		return err;
	*ret = (struct unattached){
		.attachment = {.ifindex = ifindex, .exists = true, .mode = ATTACH_NONE},
		.other.id = xdp_hook_state__any(&running),
	};
	snprintf(ret->attachment.interface, IFNAMSIZ, "%s", interface);
	ret->mode = xdp_hook_state__mode_of(&running, ret->other.id);
	fd = ret->other.id ? prog_info__open(ret->other.id, NULL) : -1;
	if (fd >= 0) {
		program_identity__read(fd, &ret->other);
		close(fd);
	}
	return 0;
}

/* Return: true if some are called so, or were when they were attached. */
static bool select_by_name(struct status *status, const char *interface, bool when_attached)
{
	size_t before = status->shown_count;

	for (size_t i = 0; i < status->count; i++) {
		const struct attachment *attachment = &status->list[i];
		const char *name =
			when_attached ? attachment->record.interface : attachment->interface;

		if (!strcmp(name, interface))
			status->shown[status->shown_count++] = *attachment;
	}
	return status->shown_count > before;
}

/* An interface may have several entries, of which some do not exist any more. */
static int status_select(void *opaque, const char *interface, struct errmsg *why)
{
	struct status *status = opaque;
	int err;

	if (select_by_name(status, interface, false))
		return 0;
	err = unattached_inspect(interface, &status->unattached[status->unattached_count], why);
	status->unattached_count += !err;
	return err == -ENODEV && select_by_name(status, interface, true) ? 0 : err;
}

static void print_unattached(const struct unattached *unattached)
{
	const struct program_identity *other = &unattached->other;
	const char *interface = UTF8_PRINTABLE(unattached->attachment.interface);

	if (other->id)
		printf("%s: not attached; it runs another program: %s (id %u), %s\n", interface,
		       other->name[0] ? other->name : "?", other->id,
		       attach_mode_names[unattached->mode]);
	else
		printf("%s: not attached\n", interface);
}

static json_t *unattached_to_json(const struct unattached *unattached)
{
	const struct program_identity *other = &unattached->other;
	json_t *object = attachment_to_json(&unattached->attachment);

	json_object_set_new(object, "other_program",
			    other->id ? json_pack("{s:I, s:s, s:s}", "id", (json_int_t)other->id,
						  "name", other->name, "tag", other->tag)
				      : json_null());
	return object;
}

static int print_status_json(const struct status *status, struct errmsg *why)
{
	json_t *interfaces = json_array();

	for (size_t i = 0; i < status->shown_count; i++)
		json_array_append_new(interfaces, attachment_to_json(&status->shown[i]));
	for (size_t i = 0; i < status->unattached_count; i++)
		json_array_append_new(interfaces, unattached_to_json(&status->unattached[i]));
	return print_interfaces_json(interfaces, why);
}

static int print_found(const struct status *status, struct errmsg *why)
{
	if (status->cli->json)
		return print_status_json(status, why);
	if (status->shown_count || !status->operands[0])
		print_status(status->shown, status->shown_count, status->cli->verbose);
	for (size_t i = 0; i < status->unattached_count; i++)
		print_unattached(&status->unattached[i]);
	return 0;
}

static int show_status(struct status *status, struct errmsg *why)
{
	size_t operands = 0;
	int err = -ENOMEM, selected;

	while (status->operands[operands])
		operands++;
	status->shown = calloc((operands ?: 1) * (status->count + 1), sizeof(*status->shown));
	status->unattached = calloc(operands + 1, sizeof(*status->unattached));
	if (!status->shown || !status->unattached)
		goto out;
	if (!operands) {
		memcpy(status->shown, status->list, status->count * sizeof(*status->list));
		status->shown_count = status->count;
	}
	selected = cli__each(status->cli, status->operands, status_select, status, why);
	err = print_found(status, why) ?: selected;
out:
	free(status->shown);
	free(status->unattached);
	return err;
}

static void note_unidentified(void *opaque, const char *interface, const char *why)
{
	const struct status *status = opaque;

	if (names__include(status->operands, interface))
		cli__note(status->cli, "%s: runs a program that cannot be identified: %s",
			  UTF8_PRINTABLE(interface), why);
}

static int run_status(const struct cli *cli, const char **operands, struct errmsg *why)
{
	struct status status = {.cli = cli, .operands = operands};
	struct attachment *list = NULL;
	struct registry *registry;
	int err;

	err = registry__open(REGISTRY_READ, &registry, why);
	if (err)
		return err;
	recovery__note_owner(cli, registry);
	if (registry__hidden(registry)[0])
		cli__note(cli, "%s", registry__hidden(registry));
	err = attachment__list(registry, &list, &status.count, why);
	registry__close(registry);
	if (err)
		return err;
	status.list = list;
	err = stray__each_unidentified(list, status.count, note_unidentified, &status);
	if (!err)
		err = show_status(&status, why);
	free(list);
	return err;
}

const struct command status_command = {
	.name = "status",
	.operands = "[IFACE...]",
	.summary = "show which interfaces are attached, and how",
	.max_operands = -1,
	.takes = TAKES_JSON | TAKES_VERBOSE | TAKES_NETNS,
	.run = run_status,
};
