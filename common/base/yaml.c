// SPDX-License-Identifier: GPL-2.0-only
// yaml: a file in YAML, whose keys are known or refused with their line.
#include "common/base/yaml.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/nearest.h"
#include "common/base/yaml_document.h"

struct yaml_file {
	char *path;
	yaml_document_t document;
};

/* A node, or an alias that stands at @line for a node above. */
static struct yaml_value value_of(const struct yaml_file *file, const yaml_node_t *node,
				  size_t line)
{
	if (node && node->start_mark.line + 1 > line)
		line = node->start_mark.line + 1;
	return (struct yaml_value){file, node, line};
}

static struct yaml_value value_at(const struct yaml_file *file, int index, size_t line)
{
	return value_of(file, yaml_document_get_node((yaml_document_t *)&file->document, index),
			line);
}

int yaml__error(struct yaml_value value, struct errmsg *why, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return errmsg__set(why, -EINVAL, "%s:%zu: %s", value.file->path, value.line, text);
}

int yaml__open(const char *path, struct yaml_file **ret, struct errmsg *why)
{
	struct yaml_file *file = calloc(1, sizeof(*file));
	int err;

	if (!file)
		return -ENOMEM;
	file->path = strdup(path);
	err = file->path ? yaml_document__load(path, &file->document, why) : -ENOMEM;
	if (err)
		yaml__close(file);
	else
		*ret = file;
	return err;
}

struct yaml_value yaml__root(const struct yaml_file *file)
{
	return value_of(file, yaml_document_get_root_node((yaml_document_t *)&file->document), 1);
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
		struct yaml_value key = value_at(mapping.file, pair->key, mapping.line);

		err = visit(key, value_at(mapping.file, pair->value, key.line), context, why);
	}
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

static int take_key(struct yaml_value key, struct yaml_value value, void *context,
		    struct errmsg *why)
{
	struct keys_walk *walk = context;
	const char *name;
	int err = yaml__text(key, &name, why);

	if (err)
		return err;
	for (int i = 0; walk->keys[i].name; i++) {
		if (strcmp(walk->keys[i].name, name))
			continue;
		if (walk->seen & 1ull << i)
			return yaml__error(key, why, "'%s' is given twice", name);
		walk->seen |= 1ull << i;
		return walk->keys[i].take(value, walk->context, why);
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
