// SPDX-License-Identifier: GPL-2.0-only
// yaml_document: a file of one YAML document, which may be hostile, in memory.
#include "common/base/yaml_document.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/input_file.h"

#define MAX_DEPTH 16
#define MAX_ANCHORS 64
#define MAX_ALIASES 1024
#define FIRST_BYTES 4096

/* While the file is read. */
struct yaml_source {
	const char *path;
	char *text;
	size_t bytes;
};

/* Counted from 1; a column is a character, as in libyaml's marks. */
struct yaml_place {
	size_t line, column;
};

static struct yaml_place place_of(const yaml_mark_t *mark)
{
	return (struct yaml_place){mark->line + 1, mark->column + 1};
}

static struct yaml_place place_at(const struct yaml_source *source, size_t offset)
{
	struct yaml_place place = {1, 1};

	for (size_t i = 0; i < offset && i < source->bytes; i++) {
		place.column += (source->text[i] & 0xc0) != 0x80;
		if (source->text[i] == '\n')
			place = (struct yaml_place){place.line + 1, 1};
	}
	return place;
}

/* Return: the column of a tab that indents the line, or 0. */
static size_t indenting_tab(const struct yaml_source *source, size_t line)
{
	const char *text = source->text;
	size_t spaces;

	while (text && --line)
		text = strchr(text, '\n') ? strchr(text, '\n') + 1 : NULL;
	spaces = text ? strspn(text, " ") : 0;
	return text && text[spaces] == '\t' ? spaces + 1 : 0;
}

static int source_error(const struct yaml_source *source, struct yaml_place place,
			struct errmsg *why, const char *reason)
{
	return errmsg__set(why, -EINVAL, "%s:%zu:%zu: %s", source->path, place.line, place.column,
			   reason);
}

static int parser_error(const struct yaml_source *source, const yaml_parser_t *parser,
			struct errmsg *why)
{
	struct yaml_place place = place_of(&parser->problem_mark);
	char reason[256];
	size_t tab;

	if (parser->error == YAML_MEMORY_ERROR)
		return -ENOMEM;
	if (parser->error == YAML_READER_ERROR)
		place = place_at(source, parser->problem_offset);
	tab = parser->error == YAML_SCANNER_ERROR ? indenting_tab(source, place.line) : 0;
	if (tab)
		return source_error(source, (struct yaml_place){place.line, tab}, why,
				    "a tab cannot indent: use spaces");
	snprintf(reason, sizeof(reason), "%s%s%s%s", parser->problem ?: "cannot be read",
		 parser->context ? " (" : "", parser->context ?: "", parser->context ? ")" : "");
	return source_error(source, place, why, reason);
}

static int parser_open(const struct yaml_source *source, yaml_parser_t *ret)
{
	if (!yaml_parser_initialize(ret))
		return -ENOMEM;
	yaml_parser_set_input_string(ret, (const unsigned char *)source->text, source->bytes);
	return 0;
}

struct structure {
	int depth;
	int documents;
	int anchors, aliases;
};

static bool has_anchor(const yaml_event_t *event)
{
	return event->type == YAML_SCALAR_EVENT           ? event->data.scalar.anchor
	       : event->type == YAML_SEQUENCE_START_EVENT ? event->data.sequence_start.anchor
	       : event->type == YAML_MAPPING_START_EVENT  ? event->data.mapping_start.anchor
							  : NULL;
}

static int check_count(const struct yaml_source *source, const yaml_event_t *event, int count,
		       int max, const char *what, struct errmsg *why)
{
	char reason[64];

	if (count <= max)
		return 0;
	snprintf(reason, sizeof(reason), "more than %d %s", max, what);
	return source_error(source, place_of(&event->start_mark), why, reason);
}

static int check_event(const struct yaml_source *source, const yaml_event_t *event,
		       struct structure *structure, struct errmsg *why)
{
	struct yaml_place place = place_of(&event->start_mark);

	if (event->type == YAML_DOCUMENT_START_EVENT && structure->documents++)
		return source_error(source, place, why, "a second document: only one is read");
	if (event->type == YAML_MAPPING_END_EVENT || event->type == YAML_SEQUENCE_END_EVENT)
		structure->depth--;
	if (event->type == YAML_MAPPING_START_EVENT || event->type == YAML_SEQUENCE_START_EVENT)
		structure->depth++;
	if (structure->depth > MAX_DEPTH)
		return source_error(source, place, why, "nested too deeply");
	structure->anchors += has_anchor(event);
	structure->aliases += event->type == YAML_ALIAS_EVENT;
	return check_count(source, event, structure->anchors, MAX_ANCHORS, "anchors", why)
		       ?: check_count(source, event, structure->aliases, MAX_ALIASES, "aliases",
				      why);
}

/* libyaml's loader takes quadratic time for nesting and for anchors, and reads only the first
 * document. */
static int check_structure(const struct yaml_source *source, struct errmsg *why)
{
	yaml_event_type_t type = YAML_NO_EVENT;
	struct structure structure = {};
	yaml_parser_t parser;
	int err = parser_open(source, &parser);

	if (err)
		return err;
	while (!err && type != YAML_STREAM_END_EVENT) {
		yaml_event_t event;

		if (!yaml_parser_parse(&parser, &event)) {
			err = parser_error(source, &parser, why);
			break;
		}
		type = event.type;
		err = check_event(source, &event, &structure, why);
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	return err;
}

static int load(const struct yaml_source *source, yaml_document_t *ret, struct errmsg *why)
{
	yaml_parser_t parser;
	int err = check_structure(source, why) ?: parser_open(source, &parser);

	if (err)
		return err;
	if (!yaml_parser_load(&parser, ret)) {
		*ret = (yaml_document_t){};
		err = parser_error(source, &parser, why);
	}
	yaml_parser_delete(&parser);
	return err;
}

/* Makes room for twice as much, and at least one byte for the end. */
static int source_grow(struct yaml_source *source, size_t *capacity)
{
	size_t wanted = *capacity ? 2 * *capacity : FIRST_BYTES;
	char *grown = realloc(source->text, wanted + 1);

	if (!grown)
		return -ENOMEM;
	source->text = grown;
	*capacity = wanted;
	return 0;
}

static int read_stream(struct yaml_source *source, size_t max_bytes, FILE *stream,
		       struct errmsg *why)
{
	size_t capacity = 0;

	do {
		int err = source->bytes == capacity ? source_grow(source, &capacity) : 0;

		if (err)
			return err;
		source->bytes +=
			fread(source->text + source->bytes, 1, capacity - source->bytes, stream);
		if (source->bytes > max_bytes)
			return errmsg__set(why, -EFBIG, "%s: larger than %zu KiB", source->path,
					   max_bytes / 1024);
	} while (!feof(stream) && !ferror(stream));
	if (ferror(stream))
		return errmsg__set(why, -EIO, "%s: cannot read: %s", source->path, strerror(errno));
	source->text[source->bytes] = '\0';
	return 0;
}

static int read_source(struct yaml_source *source, size_t max_bytes, struct errmsg *why)
{
	struct input_state before;
	FILE *stream;
	int err = input_file__open(source->path, &stream, why);

	if (err)
		return err;
	input_file__note(stream, &before);
	err = read_stream(source, max_bytes, stream, why);
	if (!err)
		err = input_file__check(stream, &before, source->path, why);
	fclose(stream);
	return err;
}

int yaml_document__load(const char *path, size_t max_bytes, yaml_document_t *ret,
			struct errmsg *why)
{
	struct yaml_source source = {.path = path};
	int err;

	*ret = (yaml_document_t){};
	err = read_source(&source, max_bytes, why);
	if (!err)
		err = load(&source, ret, why);
	free(source.text);
	return err;
}
