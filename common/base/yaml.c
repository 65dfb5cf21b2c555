// SPDX-License-Identifier: GPL-2.0-only
// yaml: a file in YAML, whose keys are known or refused with their line and column.
#include "common/base/yaml.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/nearest.h"
#include "common/base/utf8.h"
#include "common/base/yaml_document.h"

struct yaml_file {
	char *path;
	yaml_document_t document;
};

/* An alias is a node that stands above @before, whose place is the closest one known. */
static struct yaml_value value_of(const yaml_node_t *node, struct yaml_value before)
{
	struct yaml_value value = before;

	value.node = node;
	if (!node)
		return value;
	if (node->start_mark.line + 1 > before.line ||
	    (node->start_mark.line + 1 == before.line &&
	     node->start_mark.column + 1 > before.column)) {
		value.line = node->start_mark.line + 1;
		value.column = node->start_mark.column + 1;
	}
	return value;
}

static struct yaml_value value_at(int index, struct yaml_value before)
{
	yaml_document_t *document = (yaml_document_t *)&before.file->document;

	return value_of(yaml_document_get_node(document, index), before);
}

int yaml__error(struct yaml_value value, struct errmsg *why, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return errmsg__set(why, -EINVAL, "%s:%zu:%zu: %s", value.file->path, value.line,
			   value.column, UTF8_PRINTABLE(text));
}

int yaml__open(const char *path, size_t max_bytes, struct yaml_file **ret, struct errmsg *why)
{
	struct yaml_file *file = calloc(1, sizeof(*file));
	int err;

	if (!file)
		return -ENOMEM;
	file->path = strdup(path);
	err = file->path ? yaml_document__load(path, max_bytes, &file->document, why) : -ENOMEM;
	if (err)
		yaml__close(file);
	else
		*ret = file;
	return err;
}

struct yaml_value yaml__root(const struct yaml_file *file)
{
	struct yaml_value start = {.file = file, .line = 1, .column = 1};

	return value_of(yaml_document_get_root_node((yaml_document_t *)&file->document), start);
}

/* "key:" with nothing behind it. */
static bool is_empty(struct yaml_value value)
{
	const yaml_node_t *node = value.node;

	return !node || (node->type == YAML_SCALAR_NODE && !node->data.scalar.length &&
			 node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE);
}

int yaml__each(struct yaml_value mapping, yaml_visitor *visit, void *context, struct errmsg *why)
{
	const yaml_node_t *node = mapping.node;
	int err = 0;

	if (is_empty(mapping))
		return 0;
	if (node->type != YAML_MAPPING_NODE)
		return yaml__error(mapping, why, "expected keys with values ('key: value')");
	for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
	     !err && pair < node->data.mapping.pairs.top; pair++) {
		struct yaml_value key = value_at(pair->key, mapping);

		err = visit(key, value_at(pair->value, key), context, why);
	}
	return err;
}

bool yaml__is_mapping(struct yaml_value value)
{
	const yaml_node_t *node = value.node;

	return node && node->type == YAML_MAPPING_NODE;
}

struct key_search {
	const char *name;
	struct yaml_value *ret;
	bool found;
};

static int look_for_key(struct yaml_value key, struct yaml_value value, void *context,
			struct errmsg *why)
{
	struct key_search *search = context;
	const char *name = "";

	(void)why;
	if (yaml__text(key, &name, NULL) || strcmp(name, search->name))
		return 0;
	*search->ret = value;
	search->found = true;
	return 0;
}

bool yaml__has(struct yaml_value mapping, const char *key, struct yaml_value *ret)
{
	struct key_search search = {.name = key, .ret = ret};

	yaml__each(mapping, look_for_key, &search, NULL);
	return search.found;
}

int yaml__each_item(struct yaml_value list, yaml_item_visitor *visit, void *context,
		    struct errmsg *why)
{
	const yaml_node_t *node = list.node;
	int err = 0;

	if (is_empty(list))
		return 0;
	if (node->type != YAML_SEQUENCE_NODE)
		return yaml__error(list, why, "expected a list ('[A, B]', or lines of '- A')");
	for (const yaml_node_item_t *item = node->data.sequence.items.start;
	     !err && item < node->data.sequence.items.top; item++)
		err = visit(value_at(*item, list), context, why);
	return err;
}

struct keys_walk {
	const struct yaml_key *keys;
	void *context;
	unsigned long long seen; /* a bit for each key */
};

static int unknown_key(struct yaml_value key, const char *name, const struct yaml_key *keys,
		       struct errmsg *why)
{
	struct nearest nearest = {.text = name};
	char hint[NEAREST_HINT_BYTES];

	for (; keys->name; keys++)
		nearest__offer(&nearest, keys->name);
	return yaml__error(key, why, "unknown key '%s'%s", name, nearest__hint(&nearest, hint));
}

int yaml__parse(struct yaml_value value,
		int (*parse)(const char *what, const char *text, void *ret, struct errmsg *why),
		const char *what, void *ret, struct errmsg *why)
{
	struct errmsg reason = {};
	const char *text = "";
	int err = yaml__text(value, &text, why);

	if (err)
		return err;
	err = parse(what, text, ret, &reason);
	return err ? yaml__error(value, why, "%s", reason.text) : 0;
}

static int take_value(struct yaml_value value, const struct yaml_key *key, void *context,
		      struct errmsg *why)
{
	if (key->take)
		return key->take(value, context, why);
	return yaml__parse(value, key->parse, key->name, (char *)context + key->offset, why);
}

static int take_key(struct yaml_value key, struct yaml_value value, void *context,
		    struct errmsg *why)
{
	struct keys_walk *walk = context;
	const char *name = "";
	int err = yaml__text(key, &name, why);

	if (err)
		return err;
	for (int i = 0; walk->keys[i].name; i++) {
		if (strcmp(walk->keys[i].name, name))
			continue;
		if (walk->seen & 1ull << i)
			return yaml__error(key, why, "'%s' is given twice", name);
		walk->seen |= 1ull << i;
		return take_value(value, &walk->keys[i], walk->context, why);
	}
	return unknown_key(key, name, walk->keys, why);
}

int yaml__take_keys(struct yaml_value mapping, const struct yaml_key *keys, void *context,
		    struct errmsg *why)
{
	struct keys_walk walk = {.keys = keys, .context = context};

	return yaml__each(mapping, take_key, &walk, why);
}

int yaml__text(struct yaml_value value, const char **ret, struct errmsg *why)
{
	const yaml_node_t *node = value.node;

	if (!node || node->type != YAML_SCALAR_NODE)
		return yaml__error(value, why, "expected a text");
	if (strlen((const char *)node->data.scalar.value) != node->data.scalar.length)
		return yaml__error(value, why, "a text cannot contain a NUL byte");
	*ret = (const char *)node->data.scalar.value;
	return 0;
}

void yaml__close(struct yaml_file *file)
{
	if (!file)
		return;
	yaml_document_delete(&file->document);
	free(file->path);
	free(file);
}
