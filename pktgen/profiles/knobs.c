// SPDX-License-Identifier: GPL-2.0-only
// knobs: the options of profiles, as typed rows.
#include "pktgen/profiles/knobs.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/number.h"

#define MAX_LIST_BYTES 512
#define MAX_FRAME_BYTES 9014 /* an MTU of 9000 and the Ethernet header */
#define MAX_TAGS 8

#define KNOB_ROW(id, option, argument, text, help) [KNOB_##id] = {option, argument, text, help},
const struct knob_row knob_rows[KNOBS_TOTAL] = {KNOBS(KNOB_ROW)};
#undef KNOB_ROW

#define KNOB_OPTION(id, option, argument_, text, help_)                      \
	{OPTION_TEXT(struct knob_texts, text_of[KNOB_##id]), .name = option, \
	 .argument = argument_, .unset = text, .help = help_},
const struct option_row knob_options[] = {KNOBS(KNOB_OPTION){}};
#undef KNOB_OPTION

static const char *const distribution_words[] = {"uniform", "zipf", "spoofed", NULL};
static const char *const family_words[] = {"ipv4", "ipv6", "dual", NULL};
static const char *const order_words[] = {"first", "last", "mixed", NULL};

/* The name of a knob as it was typed, for messages. */
static const char *knob_option_name(enum knob_id id, char *buf, size_t buf_bytes)
{
	snprintf(buf, buf_bytes, "--%s", knob_rows[id].option);
	return buf;
}

static int knob_number(enum knob_id id, const char *text, __u64 min, __u64 max, __u32 *ret,
		       struct errmsg *why)
{
	char what[32];
	__u64 value;
	int err =
		number__u64(knob_option_name(id, what, sizeof(what)), text, min, max, &value, why);

	if (!err)
		*ret = value;
	return err;
}

static int knob_choice(enum knob_id id, const char *text, const char *const *words, int *ret,
		       struct errmsg *why)
{
	char what[32];

	return number__choice(knob_option_name(id, what, sizeof(what)), text, words, ret, why);
}

static int parse_mac(enum knob_id id, const char *text, __u8 *ret, struct errmsg *why)
{
	unsigned int byte[ETH_ALEN];
	int used = 0;

	/* Checked first, because sscanf() accepts blanks and signs too. */
	if (strlen(text) != 17 || strspn(text, "0123456789abcdefABCDEF:") != 17 ||
	    sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%n", &byte[0], &byte[1], &byte[2], &byte[3],
		   &byte[4], &byte[5], &used) != ETH_ALEN ||
	    used != 17)
		return errmsg__usage(why, "--%s: '%s' is not an Ethernet address",
				     knob_rows[id].option, text);
	for (int i = 0; i < ETH_ALEN; i++)
		ret[i] = byte[i];
	return 0;
}

static int parse_victim(const char *text, struct victims *ret, struct errmsg *why)
{
	struct address address = {};

	if (inet_pton(AF_INET, text, address.words) == 1) {
		ret->ipv4 = address;
	} else if (inet_pton(AF_INET6, text, address.words) == 1) {
		address.is_ipv6 = true;
		ret->ipv6 = address;
	} else {
		return errmsg__usage(why, "--victim: '%s' is not an IPv4 or IPv6 address", text);
	}
	return 0;
}

/* Ends @text at the first @separator; returns the rest, or NULL without a separator. */
static char *split_at(char *text, char separator)
{
	char *found = strchr(text, separator);

	if (found)
		*found++ = '\0';
	return found;
}

static int parse_port_range(char *item, int index, struct knobs *knobs, struct errmsg *why)
{
	struct port_range *range = &knobs->victims.ports.range[index];
	char *last = split_at(item, '-');
	__u64 first_port = 0, last_port = 0;
	int err = number__u64("--port", item, 0, 65535, &first_port, why);

	if (!err)
		err = last ? number__u64("--port", last, first_port, 65535, &last_port, why) : 0;
	if (err)
		return err;
	range->first = first_port;
	range->last = last ? last_port : first_port;
	knobs->victims.ports.ranges = index + 1;
	return 0;
}

static int parse_heavy_group(char *item, int index, struct knobs *knobs, struct errmsg *why)
{
	struct heavy_group *group = &knobs->heavy.group[index];
	char *syns_text = split_at(item, ':');
	__u64 sources = 0, syns = 0;
	int err;

	if (!syns_text)
		return errmsg__usage(why, "--heavy: '%s' is not SENDERS:SYNS", item);
	err = number__u64("--heavy", item, 1, 1000000, &sources, why);
	if (!err)
		err = number__u64("--heavy", syns_text, 1, 1000000000, &syns, why);
	if (err)
		return err;
	*group = (struct heavy_group){sources, syns};
	knobs->heavy.groups = index + 1;
	return 0;
}

static int parse_weight(char *item, int index, struct knobs *knobs, struct errmsg *why)
{
	struct weight *member = &knobs->weights.member[index];
	char *weight_text = split_at(item, ':');
	__u64 weight = 0;
	int err;

	if (!weight_text)
		return errmsg__usage(why, "--weights: '%s' is not PROFILE:WEIGHT", item);
	if (strlen(item) >= sizeof(member->profile))
		return errmsg__usage(why, "--weights: there is no profile '%s'", item);
	err = number__u64("--weights", weight_text, 1, 1000000, &weight, why);
	if (err)
		return err;
	strcpy(member->profile, item);
	member->weight = weight;
	knobs->weights.members = index + 1;
	return 0;
}

static int parse_list(enum knob_id id, const char *text, int max_items,
		      int (*parse)(char *, int, struct knobs *, struct errmsg *),
		      struct knobs *knobs, struct errmsg *why)
{
	char copy[MAX_LIST_BYTES];
	char *item = copy, *next;
	int err = 0;

	if (strlen(text) >= sizeof(copy))
		return errmsg__usage(why, "--%s: more than %d characters", knob_rows[id].option,
				     MAX_LIST_BYTES - 1);
	strcpy(copy, text);
	for (int i = 0; !err && item; i++, item = next) {
		if (i == max_items)
			return errmsg__usage(why, "--%s: more than %d items", knob_rows[id].option,
					     max_items);
		next = split_at(item, ',');
		err = parse(item, i, knobs, why);
	}
	return err;
}

static int parse_tags(const char *text, int *ret, struct errmsg *why)
{
	__u32 tags;
	int err = knob_number(KNOB_TAGS, text, 0, MAX_TAGS, &tags, why);

	if (!err)
		*ret = tags;
	return err;
}

static int knob_parse(struct knobs *knobs, enum knob_id id, const char *text, struct errmsg *why)
{
	switch (id) {
	case KNOB_COUNT:
		return number__u64("--count", text, 1, MAX_COUNT, &knobs->count, why);
	case KNOB_SEED:
		return number__u64("--seed", text, 0, MAX_SEED, &knobs->seed, why);
	case KNOB_SRC_MAC:
		return parse_mac(id, text, knobs->macs.source, why);
	case KNOB_DST_MAC:
		return parse_mac(id, text, knobs->macs.destination, why);
	case KNOB_SOURCES:
		return knob_number(id, text, 1, POPULATION_MAX, &knobs->sources, why);
	case KNOB_DISTRIBUTION:
		return knob_choice(id, text, distribution_words, (int *)&knobs->distribution, why);
	case KNOB_FAMILY:
		return knob_choice(id, text, family_words, (int *)&knobs->family, why);
	case KNOB_VICTIMS:
		return knob_number(id, text, 1, 1 << 24, &knobs->victims.count, why);
	case KNOB_VICTIM:
		return parse_victim(text, &knobs->victims, why);
	case KNOB_PORT:
		return parse_list(id, text, MAX_PORT_RANGES, parse_port_range, knobs, why);
	case KNOB_SIZE:
		return knob_number(id, text, 0, MAX_FRAME_BYTES, &knobs->size_bytes, why);
	case KNOB_SPOOFED:
		return knob_number(id, text, 0, POPULATION_MAX, &knobs->spoofed, why);
	case KNOB_HEAVY:
		return parse_list(id, text, MAX_HEAVY_GROUPS, parse_heavy_group, knobs, why);
	case KNOB_ORDER:
		return knob_choice(id, text, order_words, (int *)&knobs->order, why);
	case KNOB_CONCURRENT:
		return knob_number(id, text, 1, 1 << 16, &knobs->concurrent, why);
	case KNOB_TAGS:
		return parse_tags(text, &knobs->tags, why);
	case KNOB_WEIGHTS:
		return parse_list(id, text, MAX_WEIGHTS, parse_weight, knobs, why);
	case KNOBS_TOTAL:
		break;
	}
	return errmsg__usage(why, "there is no knob %d", id);
}

int knobs__set(struct knobs *knobs, enum knob_id id, const char *text, struct errmsg *why)
{
	int err = knob_parse(knobs, id, text, why);

	if (err)
		return err;
	knobs->given |= 1u << id;
	knobs->texts[id] = text;
	return 0;
}

int knobs__defaults(struct knobs *ret, struct errmsg *why)
{
	int err;

	*ret = (struct knobs){.tags = -1};
	err = knobs__set(ret, KNOB_VICTIM, "198.18.0.1", why); /* RFC 2544: for benchmarks */
	if (!err)
		err = knobs__set(ret, KNOB_VICTIM, "2001:2::1", why); /* RFC 5180: the same */
	for (int id = 0; !err && id < KNOBS_TOTAL; id++)
		if (knob_rows[id].default_text)
			err = knobs__set(ret, id, knob_rows[id].default_text, why);
	ret->given = 0;
	return err;
}

int knobs__from_options(struct knobs *knobs, const struct knob_texts *texts, struct errmsg *why)
{
	int err = 0;

	for (int id = 0; !err && id < KNOBS_TOTAL; id++)
		if (texts->text_of[id])
			err = knobs__set(knobs, id, texts->text_of[id], why);
	return err;
}

const char *knobs__names(__u32 bits, char *buf, size_t buf_bytes)
{
	size_t used = 0;

	buf[0] = '\0';
	for (int id = 0; id < KNOBS_TOTAL && used < buf_bytes; id++)
		if (bits & 1u << id)
			used += snprintf(buf + used, buf_bytes - used, "%s--%s", used ? ", " : "",
					 knob_rows[id].option);
	return buf;
}
