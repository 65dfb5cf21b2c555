// SPDX-License-Identifier: GPL-2.0-only
// event_fields: the fields that an event has in JSON, in their order.
#include "common/events/event_fields.h"

#include <arpa/inet.h>
#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "common/events/json_values.h"

#define FIELD_AT(struct_type, member) .offset = offsetof(struct_type, member)
#define FIELD_KNOWN(struct_type, member) .has_known = true, .known = offsetof(struct_type, member)
#define FIELD_CHARS(struct_type, member)                     \
	FIELD_TEXT, .offset = offsetof(struct_type, member), \
		    .bytes = sizeof(((struct_type *)0)->member)

static json_t *write_victim(const void *object)
{
	const struct event_attack *attack = object;
	const struct prefix prefix = {attack->victim, attack->prefix_bits};
	char text[PREFIX_TEXT_BYTES];

	return attack->prefix_bits ? json_string(prefix__text(&prefix, text))
				   : address__to_json(&attack->victim);
}

static int read_victim(void *object, const json_t *value)
{
	struct event_attack *attack = object;
	struct prefix prefix;
	const char *text = json_string_value(value);

	if (!text || !strchr(text, '/'))
		return json_value__address(value, &attack->victim);
	if (json_value__prefix(value, &prefix))
		return -EINVAL;
	attack->victim = prefix.network;
	attack->prefix_bits = prefix.bits;
	return 0;
}

static json_t *write_port(const void *object)
{
	const struct event_attack *attack = object;

	return attack->prefix_bits ? json_null() : json_integer(ntohs(attack->victim.port));
}

static int read_port(void *object, const json_t *value)
{
	struct event_attack *attack = object;
	__u64 port = 0;

	if (!json_is_null(value) && json_value__number(value, 65535, &port))
		return -EINVAL;
	attack->victim.port = htons(port);
	return 0;
}

static json_t *write_unfinished(const void *object)
{
	const struct event_attack *attack = object;
	json_t *unfinished = event_bounds__to_json(&attack->unfinished);

	json_object_set_new(unfinished, "by",
			    json_string(finished_by_names[attack->unfinished_by]));
	return unfinished;
}

static int read_unfinished(void *object, const json_t *value)
{
	struct event_attack *attack = object;
	int by, err = json_value__bounds(value, &attack->unfinished);

	if (!err)
		err = json_value__word(json_object_get(value, "by"), finished_by_names, &by);
	if (!err)
		attack->unfinished_by = by;
	return err;
}

static json_t *write_attack_sources(const void *object)
{
	const struct event_attack *attack = object;
	json_t *list = json_array();

	for (__u32 i = 0; i < attack->source_count; i++) {
		const struct event_source *source = &attack->sources[i];
		json_t *row = json_pack("{s:o}", "address", address__to_json(&source->address));

		json_object_update_new(row, event_bounds__to_json(&source->syns));
		json_array_append_new(list, row);
	}
	return list;
}

static int read_attack_sources(void *object, const json_t *value)
{
	struct event_attack *attack = object;
	json_t *row;
	size_t i;

	if (!json_is_array(value) || json_array_size(value) > EVENT_MAX_SOURCES)
		return -EINVAL;
	json_array_foreach (value, i, row) {
		struct event_source *source = &attack->sources[i];

		if (json_value__address(json_object_get(row, "address"), &source->address) ||
		    json_value__bounds(row, &source->syns))
			return -EINVAL;
	}
	attack->source_count = json_array_size(value);
	return 0;
}

static json_t *write_answered(const void *object)
{
	const struct event_attack *attack = object;

	if (!attack->answered_known)
		return json_null();
	return json_pack("{s:I, s:I, s:I}", "challenged", (json_int_t)attack->challenged,
			 "verified", (json_int_t)attack->verified, "dropped",
			 (json_int_t)attack->dropped);
}

static int read_answered(void *object, const json_t *value)
{
	struct event_attack *attack = object;
	int err;

	attack->answered_known = !json_is_null(value);
	if (json_is_null(value))
		return 0;
	err = json_value__number(json_object_get(value, "challenged"), LLONG_MAX,
				 &attack->challenged);
	if (!err)
		err = json_value__number(json_object_get(value, "verified"), LLONG_MAX,
					 &attack->verified);
	return err
		       ?: json_value__number(json_object_get(value, "dropped"), LLONG_MAX,
					     &attack->dropped);
}

static json_t *write_source_address(const void *object)
{
	const struct event_heavy_source *source = object;
	char text[PREFIX_TEXT_BYTES];

	return source->address.network.family == ENDPOINT_IPV4
		       ? address__to_json(&source->address.network)
		       : json_string(prefix__text(&source->address, text));
}

static int read_source_address(void *object, const json_t *value)
{
	return json_value__prefix(value, &((struct event_heavy_source *)object)->address);
}

static json_t *write_suppressed_counts(const void *object)
{
	const struct event_suppressed *suppressed = object;
	json_t *counts = json_object();

	for (int i = 0; i < EVENT_KIND_COUNT; i++)
		if (suppressed->counts[i])
			json_object_set_new(counts, event_kind_names[i],
					    json_integer(suppressed->counts[i]));
	return counts;
}

static int read_suppressed_counts(void *object, const json_t *value)
{
	struct event_suppressed *suppressed = object;

	if (!json_is_object(value))
		return -EINVAL;
	for (int i = 0; i < EVENT_KIND_COUNT; i++) {
		const json_t *count = json_object_get(value, event_kind_names[i]);

		if (count && json_value__number(count, LLONG_MAX, &suppressed->counts[i]))
			return -EINVAL;
	}
	return 0;
}

static json_t *write_schema(const void *object)
{
	(void)object;
	return json_integer(EVENT_SCHEMA);
}

static int read_schema(void *object, const json_t *value)
{
	__u64 schema;

	(void)object;
	return json_value__number(value, EVENT_SCHEMA, &schema) || schema != EVENT_SCHEMA ? -EINVAL
											  : 0;
}

static json_t *write_id(const void *object)
{
	char text[EVENT_ID_TEXT_BYTES];

	return json_string(event__id_text(((const struct event *)object)->id, text));
}

static int read_id(void *object, const json_t *value)
{
	const char *text = json_string_value(value);

	if (!text || strlen(text) != EVENT_ID_TEXT_BYTES - 1 ||
	    strspn(text, "0123456789abcdef") != EVENT_ID_TEXT_BYTES - 1)
		return -EINVAL;
	((struct event *)object)->id = strtoull(text, NULL, 16);
	return 0;
}

const struct event_field event_common_fields[] = {
	{"schema", FIELD_OWN, .write = write_schema, .read = read_schema},
	{"sequence", FIELD_U64, FIELD_AT(struct event, sequence)},
	{"time_ns", FIELD_U64, FIELD_AT(struct event, time_ns)},
	{"event", FIELD_WORD, FIELD_AT(struct event, kind), .words = event_kind_names},
	{"phase", FIELD_WORD, FIELD_AT(struct event, phase), .words = event_phase_names},
	{"id", FIELD_OWN, .write = write_id, .read = read_id},
	{"severity", FIELD_WORD, FIELD_AT(struct event, severity), .words = event_severity_names},
	{"interface", FIELD_CHARS(struct event, interface)},
	{"gateway", FIELD_CHARS(struct event, gateway)},
	{"rule", FIELD_CHARS(struct event, rule)},
	{"summary", FIELD_CHARS(struct event, summary)},
	{},
};

static const struct event_field attack_fields[] = {
	{"victim", FIELD_OWN, .write = write_victim, .read = read_victim},
	{"port", FIELD_OWN, .write = write_port, .read = read_port},
	{"victims", FIELD_U32, FIELD_AT(struct event_attack, victims)},
	{"began_ns", FIELD_U64, FIELD_AT(struct event_attack, began_ns)},
	{"ended_ns", FIELD_U64, FIELD_AT(struct event_attack, ended_ns), .zero_is_null = true},
	{"cause", FIELD_WORD, FIELD_AT(struct event_attack, cause), .words = attack_cause_names},
	{"threshold_pps", FIELD_U64, FIELD_AT(struct event_attack, threshold_pps)},
	{"syns_pps", FIELD_U64, FIELD_AT(struct event_attack, syns_pps)},
	{"peak_pps", FIELD_U64, FIELD_AT(struct event_attack, peak_pps)},
	{"syns", FIELD_BOUNDS, FIELD_AT(struct event_attack, syns)},
	{"distinct_sources", FIELD_BOUNDS, FIELD_AT(struct event_attack, distinct_sources),
	 FIELD_KNOWN(struct event_attack, distinct_known)},
	{"unfinished", FIELD_OWN, .write = write_unfinished, .read = read_unfinished},
	{"spoofed", FIELD_WORD, FIELD_AT(struct event_attack, spoofed),
	 .words = event_answer_names},
	{"sources", FIELD_OWN, .write = write_attack_sources, .read = read_attack_sources},
	{"answered", FIELD_OWN, .write = write_answered, .read = read_answered},
	{"evidence", FIELD_CHARS(struct event_attack, evidence)},
	{},
};

static const struct event_field source_fields[] = {
	{"address", FIELD_OWN, .write = write_source_address, .read = read_source_address},
	{"began_ns", FIELD_U64, FIELD_AT(struct event_heavy_source, began_ns)},
	{"ended_ns", FIELD_U64, FIELD_AT(struct event_heavy_source, ended_ns),
	 .zero_is_null = true},
	{"syns_pps", FIELD_U64, FIELD_AT(struct event_heavy_source, syns_pps)},
	{"syns", FIELD_BOUNDS, FIELD_AT(struct event_heavy_source, syns)},
	{"completed", FIELD_BOUNDS, FIELD_AT(struct event_heavy_source, completed),
	 FIELD_KNOWN(struct event_heavy_source, completed_known)},
	{"threshold_pps", FIELD_U64, FIELD_AT(struct event_heavy_source, threshold_pps)},
	{},
};

static const struct event_field policy_fields[] = {
	{"action", FIELD_WORD, FIELD_AT(struct event_policy, action), .words = policy_event_names},
	{"policy", FIELD_CHARS(struct event_policy, policy)},
	{"generation", FIELD_U64, FIELD_AT(struct event_policy, generation)},
	{"file_digest", FIELD_CHARS(struct event_policy, file_digest)},
	{},
};

static const struct event_field attachment_fields[] = {
	{"state", FIELD_WORD, FIELD_AT(struct event_attachment, state),
	 .words = attachment_event_names},
	{"program_id", FIELD_U32, FIELD_AT(struct event_attachment, program_id),
	 .zero_is_null = true},
	{"to_netns", FIELD_CHARS(struct event_attachment, to_netns)},
	{},
};

static const struct event_field regime_fields[] = {
	{"table", FIELD_WORD, FIELD_AT(struct event_regime, table), .words = event_table_names},
	{"unlisted_at_most", FIELD_U64, FIELD_AT(struct event_regime, unlisted_at_most)},
	{},
};

static const struct event_field loss_fields[] = {
	{"where", FIELD_WORD, FIELD_AT(struct event_loss, where), .words = loss_place_names},
	{"count", FIELD_U64, FIELD_AT(struct event_loss, count), .zero_is_null = true},
	{"from_ns", FIELD_U64, FIELD_AT(struct event_loss, from_ns), .zero_is_null = true},
	{"to_ns", FIELD_U64, FIELD_AT(struct event_loss, to_ns), .zero_is_null = true},
	{"what", FIELD_CHARS(struct event_loss, what)},
	{},
};

static const struct event_field test_fields[] = {
	{"hook", FIELD_CHARS(struct event_test, hook)},
	{},
};

static const struct event_field suppressed_fields[] = {
	{"counts", FIELD_OWN, .write = write_suppressed_counts, .read = read_suppressed_counts},
	{},
};

const struct event_object event_objects[EVENT_KIND_COUNT] = {
	[EVENT_ATTACK] = {attack_fields, offsetof(struct event, attack)},
	[EVENT_SOURCE] = {source_fields, offsetof(struct event, source)},
	[EVENT_POLICY] = {policy_fields, offsetof(struct event, policy)},
	[EVENT_ATTACHMENT] = {attachment_fields, offsetof(struct event, attachment)},
	[EVENT_REGIME] = {regime_fields, offsetof(struct event, regime)},
	[EVENT_LOSS] = {loss_fields, offsetof(struct event, loss)},
	[EVENT_TEST] = {test_fields, offsetof(struct event, test)},
	[EVENT_SUPPRESSED] = {suppressed_fields, offsetof(struct event, suppressed)},
};
