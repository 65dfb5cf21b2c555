// SPDX-License-Identifier: GPL-2.0-only
// timed_prefixes: prefixes that are denied or allowed by hand, most of them for a time.
#include "common/policy/timed_prefixes.h"

#include <errno.h>
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/number.h"
#include "common/base/utf8.h"
#include "common/base/yaml.h"

#define MAX_BYTES (32u << 20)

static int parse_time(const char *what, const char *text, void *ret, struct errmsg *why)
{
	return number__u64(what, text, 0, UINT64_MAX, ret, why);
}

static int parse_allow(const char *what, const char *text, void *ret, struct errmsg *why)
{
	static const char *const words[] = {"deny", "allow", NULL};
	int word, err = number__choice(what, text, words, &word, why);

	if (!err)
		*(bool *)ret = word;
	return err;
}

static int parse_reason(const char *what, const char *text, void *ret, struct errmsg *why)
{
	if (strlen(text) >= TIMED_REASON_BYTES)
		return errmsg__usage(why, "%s: longer than %d bytes", what, TIMED_REASON_BYTES - 1);
	memcpy(ret, text, strlen(text) + 1);
	return 0;
}

static int take_entry(struct yaml_value item, void *context, struct errmsg *why)
{
	static const struct yaml_key keys[] = {
		{"prefix", .parse = prefix__parse, .offset = offsetof(struct timed_prefix, prefix)},
		{"verdict", .parse = parse_allow, .offset = offsetof(struct timed_prefix, allow)},
		{"since_ns", .parse = parse_time,
		 .offset = offsetof(struct timed_prefix, since_ns)},
		{"until_ns", .parse = parse_time,
		 .offset = offsetof(struct timed_prefix, until_ns)},
		{"reason", .parse = parse_reason, .offset = offsetof(struct timed_prefix, reason)},
		{}};
	struct timed_prefix entry = {};
	int err = yaml__take_keys(item, keys, &entry, why);

	if (err)
		return err;
	if (!entry.prefix.network.family)
		return yaml__error(item, why, "'prefix' is missing");
	err = timed_prefixes__set(context, &entry);
	return err == -E2BIG ? yaml__error(item, why, "more than %d prefixes", TIMED_PREFIXES_MAX)
			     : err;
}

int timed_prefixes__read(const char *path, struct timed_prefixes *ret, struct errmsg *why)
{
	struct yaml_file *file;
	int err;

	*ret = (struct timed_prefixes){};
	if (access(path, F_OK) && errno == ENOENT)
		return 0;
	err = yaml__open(path, MAX_BYTES, &file, why);
	if (err)
		return err;
	err = yaml__each_item(yaml__root(file), take_entry, ret, why);
	yaml__close(file);
	if (err)
		timed_prefixes__free(ret);
	return err;
}

static void print_entry(FILE *out, const struct timed_prefix *entry)
{
	char buf[PREFIX_TEXT_BYTES];
	json_t *reason = utf8__json(entry->reason);

	fprintf(out, "{\"prefix\": \"%s\", \"verdict\": \"%s\", \"since_ns\": %llu, ",
		prefix__text(&entry->prefix, buf), entry->allow ? "allow" : "deny",
		entry->since_ns);
	if (entry->until_ns)
		fprintf(out, "\"until_ns\": %llu, ", entry->until_ns);
	fputs("\"reason\": ", out);
	if (!reason || json_dumpf(reason, out, JSON_ENCODE_ANY))
		fputs("\"\"", out);
	json_decref(reason);
	fputc('}', out);
}

void timed_prefixes__print(FILE *out, const void *prefixes)
{
	const struct timed_prefixes *list = prefixes;

	for (size_t i = 0; i < list->count; i++) {
		fputs(i ? ",\n " : "[", out);
		print_entry(out, &list->prefixes[i]);
	}
	fputs(list->count ? "]\n" : "[]\n", out);
}

static bool is_same_prefix(const struct prefix *a, const struct prefix *b)
{
	return a->bits == b->bits && !endpoint__compare(&a->network, &b->network);
}

const struct timed_prefix *timed_prefixes__find(const struct timed_prefixes *list,
						const struct prefix *prefix)
{
	for (size_t i = 0; i < list->count; i++)
		if (is_same_prefix(&list->prefixes[i].prefix, prefix))
			return &list->prefixes[i];
	return NULL;
}

int timed_prefixes__set(struct timed_prefixes *list, const struct timed_prefix *prefix)
{
	struct timed_prefix *grown;
	size_t capacity;

	timed_prefixes__remove(list, &prefix->prefix);
	if (list->count == TIMED_PREFIXES_MAX)
		return -E2BIG;
	if (list->count == list->capacity) {
		capacity = list->capacity ? 2 * list->capacity : 16;
		grown = reallocarray(list->prefixes, capacity, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		list->prefixes = grown;
		list->capacity = capacity;
	}
	list->prefixes[list->count++] = *prefix;
	return 0;
}

bool timed_prefixes__remove(struct timed_prefixes *list, const struct prefix *prefix)
{
	const struct timed_prefix *found = timed_prefixes__find(list, prefix);
	size_t place;

	if (!found)
		return false;
	place = found - list->prefixes;
	list->count--;
	memmove(&list->prefixes[place], &list->prefixes[place + 1],
		(list->count - place) * sizeof(list->prefixes[0]));
	return true;
}

void timed_prefixes__expire(struct timed_prefixes *list, __u64 wall_ns)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++)
		if (!list->prefixes[i].until_ns || list->prefixes[i].until_ns > wall_ns)
			list->prefixes[kept++] = list->prefixes[i];
	list->count = kept;
}

void timed_prefixes__free(struct timed_prefixes *list)
{
	free(list->prefixes);
	*list = (struct timed_prefixes){};
}
