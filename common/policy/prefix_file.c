// SPDX-License-Identifier: GPL-2.0-only
// prefix_file: a list of prefixes, one a line, as blocklists are published.
#include "common/policy/prefix_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/base/input_file.h"

#define BLANKS " \t\r\n"
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

struct prefix_reading {
	const char *path;
	struct policy_origin origin;
	struct policy_list *list;
};

/* Others may never end, or hold up the command. */
static int open_list(const char *path, FILE **ret, struct input_state *ret_state,
		     struct errmsg *why)
{
	struct stat status;
	int err;

	if (!stat(path, &status) && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))
		return errmsg__set(why, -EINVAL, "%s: not a regular file", path);
	err = input_file__open(path, ret, why);
	if (err)
		return err;
	input_file__note(*ret, ret_state);
	if (ret_state->is_regular)
		return 0;
	fclose(*ret);
	return errmsg__set(why, -EINVAL, "%s: not a regular file", path);
}

static int line_error(const struct prefix_reading *reading, const char *line, const char *at,
		      struct errmsg *why, const char *reason)
{
	return errmsg__set(why, -EINVAL, "%s:%u:%zu: %s", reading->path, reading->origin.line,
			   (size_t)(at - line) + 1, reason);
}

/* Published lists add the number of reports to an address. Anything else has a meaning that would
 * get lost, such as the last address of a range. */
static int check_rest(const struct prefix_reading *reading, const char *line, const char *rest,
		      struct errmsg *why)
{
	const char *number = rest + strspn(rest, BLANKS);
	const char *end = number + strspn(number, "0123456789");

	end += strspn(end, BLANKS);
	if (!*end)
		return 0;
	return line_error(reading, line, number, why,
			  "unexpected text after a prefix: a comment begins with '#' or ';'");
}

/* @line: is changed */
static int read_line(struct prefix_reading *reading, char *line, struct errmsg *why)
{
	char *start = line + strspn(line, BLANKS);
	struct errmsg reason = {};
	struct prefix prefix;
	char *end;
	int err;

	start[strcspn(start, "#;")] = '\0';
	end = start + strcspn(start, BLANKS);
	if (end == start)
		return 0;
	err = check_rest(reading, line, end, why);
	if (err)
		return err;
	*end = '\0';
	if (prefix__parse("prefix", start, &prefix, &reason))
		return line_error(reading, line, start, why, reason.text);
	reading->origin.column = start - line + 1;
	err = policy_list__add(reading->list, &prefix, reading->origin);
	return err == -E2BIG ? line_error(reading, line, start, why, "too many prefixes") : err;
}

static int read_lines(struct prefix_reading *reading, FILE *stream, struct errmsg *why)
{
	char line[INPUT_FILE_LINE_BYTES];
	ssize_t length;
	int err = 0;

	while (!err && (length = input_file__line(stream, line, sizeof(line))) > 0) {
		char *text = line;

		if (!reading->origin.line++ && !strncmp(line, BYTE_ORDER_MARK, 3))
			text += 3;
		err = memchr(line, '\0', length)
			      ? line_error(reading, line, line, why,
					   "a NUL byte: this is no list of prefixes")
			      : read_line(reading, text, why);
	}
	if (!err && length < 0)
		err = errmsg__set(
			why, -EINVAL,
			"%s:%u: a line of more than %d bytes: this is no list of prefixes",
			reading->path, reading->origin.line + 1, INPUT_FILE_LINE_BYTES - 1);
	if (!err && ferror(stream))
		err = errmsg__set(why, -EIO, "%s: cannot read: %s", reading->path, strerror(errno));
	return err;
}

int prefix_file__read(const char *path, __u32 file, struct policy_list *ret, struct errmsg *why)
{
	struct prefix_reading reading = {.path = path, .origin.file = file, .list = ret};
	struct input_state before;
	FILE *stream;
	int err, changed = 0;

	err = open_list(path, &stream, &before, why);
	if (err)
		return err;
	err = read_lines(&reading, stream, why);
	/* A line may have been cut: what is wrong with it is no fault of the list. */
	if (!err || err == -EINVAL)
		changed = input_file__check(stream, &before, path, why);
	fclose(stream);
	return changed ?: err;
}
