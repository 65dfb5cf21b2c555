// SPDX-License-Identifier: GPL-2.0-only
// yaml_document: a file of one YAML document, which may be hostile, in memory.
#include "common/base/yaml_document.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/input_file.h"

#define MAX_BYTES (64 * 1024)
#define MAX_DEPTH 16

/* While the file is read. */
struct yaml_source {
	const char *path;
	char *text;
	size_t bytes;
};

static size_t line_of(const struct yaml_source *source, size_t offset)
{
	size_t line = 1;

	for (size_t i = 0; i < offset && i < source->bytes; i++)
		line += source->text[i] == '\n';
	return line;
}

static bool is_indented_by_tab(const struct yaml_source *source, size_t line)
{
	const char *text = source->text;

	while (text && --line)
		text = strchr(text, '\n') ? strchr(text, '\n') + 1 : NULL;
	return text && text[strspn(text, " ")] == '\t';
}

static int source_error(const struct yaml_source *source, size_t line, struct errmsg *why,
			const char *reason)
{
	return errmsg__set(why, -EINVAL, "%s:%zu: %s", source->path, line, reason);
}

static int parser_error(const struct yaml_source *source, const yaml_parser_t *parser,
			struct errmsg *why)
{
	size_t line = parser->problem_mark.line + 1;

	if (parser->error == YAML_MEMORY_ERROR)
		return -ENOMEM;
	if (parser->error == YAML_READER_ERROR)
		line = line_of(source, parser->problem_offset);
	if (parser->error == YAML_SCANNER_ERROR && is_indented_by_tab(source, line))
		return source_error(source, line, why, "a tab cannot indent: use spaces");
	return errmsg__set(why, -EINVAL, "%s:%zu: %s%s%s%s", source->path, line,
			   parser->problem ?: "cannot be read", parser->context ? " (" : "",
			   parser->context ?: "", parser->context ? ")" : "");
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
};

static int check_event(const struct yaml_source *source, const yaml_event_t *event,
		       struct structure *structure, struct errmsg *why)
{
	size_t line = event->start_mark.line + 1;

	if (event->type == YAML_DOCUMENT_START_EVENT && structure->documents++)
		return source_error(source, line, why, "a second document: only one is read");
	if (event->type == YAML_MAPPING_END_EVENT || event->type == YAML_SEQUENCE_END_EVENT)
		structure->depth--;
	if (event->type != YAML_MAPPING_START_EVENT && event->type != YAML_SEQUENCE_START_EVENT)
		return 0;
	return ++structure->depth > MAX_DEPTH ? source_error(source, line, why, "nested too deeply")
					      : 0;
}

/* libyaml's loader takes quadratic time for nesting, and reads only the first document. */
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

static int read_source(struct yaml_source *source, struct errmsg *why)
{
	FILE *stream;
	int err = input_file__open(source->path, &stream, why);

	if (err)
		return err;
	source->bytes = fread(source->text, 1, MAX_BYTES + 1, stream);
	if (ferror(stream))
		err = errmsg__set(why, -EIO, "%s: cannot read: %s", source->path, strerror(errno));
	else if (source->bytes > MAX_BYTES)
		err = errmsg__set(why, -EFBIG, "%s: larger than %d KiB", source->path,
				  MAX_BYTES / 1024);
	source->text[source->bytes] = '\0';
	fclose(stream);
	return err;
}

int yaml_document__load(const char *path, yaml_document_t *ret, struct errmsg *why)
{
	struct yaml_source source = {.path = path, .text = malloc(MAX_BYTES + 2)};
	int err;

	*ret = (yaml_document_t){};
	if (!source.text)
		return -ENOMEM;
	err = read_source(&source, why);
	if (!err)
		err = load(&source, ret, why);
	free(source.text);
	return err;
}
