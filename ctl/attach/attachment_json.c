// SPDX-License-Identifier: GPL-2.0-only
// attachment_json: attachments as JSON.
#include "ctl/attach/attachment_json.h"

#include "common/attach/attachment_policy.h"
#include "common/base/utf8.h"
#include "ctl/render/policy_json.h"

static const char *const handshakes_state_names[] = {
	[HANDSHAKES_OFF] = "off",
	[HANDSHAKES_VICTIMS] = "victims_only",
	[HANDSHAKES_ON] = "on",
};

/* Why it does not use a dispatcher, or the components of its dispatcher, in order. */
static void add_place(json_t *object, const struct attachment *attachment)
{
	const struct dispatcher *dispatcher = &attachment->dispatcher;
	json_t *programs = json_array();

	for (size_t i = 0; i < dispatcher->count; i++)
		json_array_append_new(programs,
				      json_pack("{s:I, s:s, s:I}", "id",
						(json_int_t)dispatcher->components[i].id, "name",
						dispatcher->components[i].name, "priority",
						(json_int_t)dispatcher->components[i].priority));
	json_object_update_new(object, json_pack("{s:b, s:s?, s:o}", "dispatcher",
						 dispatcher->id != 0, "alone_because",
						 attachment->record.alone_because[0]
							 ? attachment->record.alone_because
							 : NULL,
						 "programs", programs));
}

static json_t *gone_to_json(const struct attachment *attachment)
{
	if (attachment->whereabouts == WHEREABOUTS_UNKNOWN)
		return json_null();
	return json_boolean(!attachment->exists && !attachment->place[0]);
}

static json_t *answers_lost_to_json(const struct attachment *attachment,
				    const struct policy_standing *standing)
{
	int lost = attachment__loses_answers(attachment, standing);

	return lost < 0 ? json_null() : json_boolean(lost);
}

/* Null: every frame passes. What cannot be read is null within. */
static void add_standing(json_t *object, const struct attachment *attachment)
{
	struct policy_standing standing;
	json_t *policy = json_null();
	bool known;

	if (attachment->record.policy[0]) {
		known = !attachment__standing(attachment, &standing, NULL);
		policy = known ? policy_standing_to_json(&standing)
			       : json_pack("{s:o, s:n, s:n, s:n, s:n, s:n}", "id",
					   utf8__json(attachment->record.policy), "in_force",
					   "file_digest", "generation", "confirm_before_ns",
					   "reverted");
		json_object_set_new(object, "answers_lost",
				    known ? answers_lost_to_json(attachment, &standing)
					  : json_null());
	}
	json_object_set_new(object, "policy", policy);
}

json_t *attachment_to_json(const struct attachment *attachment)
{
	const char *mode =
		attachment->mode == ATTACH_NONE ? NULL : attach_mode_names[attachment->mode];
	const char *asked =
		attachment->record.layout ? attach_mode_names[attachment->record.mode_asked] : NULL;
	const char *remark = attachment->record.handshakes_remark;
	json_t *object = json_pack(
		"{s:o, s:o, s:I, s:b, s:b, s:s?, s:s?, s:I, s:I, s:I, s:s, s:s?, "
		"s:{s:I, s:s, s:s}}",
		"interface", utf8__json(attachment->interface), "attached_as",
		utf8__json(attachment->record.layout ? attachment->record.interface : NULL),
		"ifindex", (json_int_t)attachment->ifindex, "exists", attachment->exists,
		"attached", attachment->mode != ATTACH_NONE, "mode_asked", asked, "mode", mode,
		"max_sources", (json_int_t)attachment->record.max_sources, "memory_bytes",
		(json_int_t)attachment->record.memory_bytes, "attached_at_ns",
		(json_int_t)attachment->record.attached_at_ns, "handshakes",
		handshakes_state_names[attachment->record.handshakes], "handshakes_remark",
		remark[0] ? remark : NULL, "program", "id", (json_int_t)attachment->program.id,
		"name", attachment->program.name, "tag", attachment->program.tag);

	json_object_update_new(object, json_pack("{s:b, s:s?, s:o}", "pinned", attachment->pinned,
						 "moved_to",
						 attachment->place[0] ? attachment->place : NULL,
						 "gone", gone_to_json(attachment)));
	add_place(object, attachment);
	add_standing(object, attachment);
	return object;
}
