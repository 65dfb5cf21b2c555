// SPDX-License-Identifier: GPL-2.0-only
// output_file: a file that gets its name only when it is complete.
#include "common/base/output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct output {
	char final[PATH_MAX];
	char temporary[PATH_MAX + 32];
	bool direct; /* a device or a pipe: nothing to rename or to remove */
	bool committed;
};

static void name_temporary(struct output *output)
{
	const char *slash = strrchr(output->final, '/');
	int directory_bytes = slash ? slash + 1 - output->final : 0;

	snprintf(output->temporary, sizeof(output->temporary), "%.*s.%d.partial.%s",
		 directory_bytes, output->final, getpid(), output->final + directory_bytes);
}

/* Now rather than after a long run, whose result would have no place. */
static int create(const struct output *output, struct errmsg *why)
{
	int fd = open(output->temporary, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);

	if (fd < 0)
		return errmsg__set(why, -errno, "%s: cannot create: %s", output->final,
				   strerror(errno));
	close(fd);
	return 0;
}

int output__begin(const char *path, struct output **ret, struct errmsg *why)
{
	struct output *output = calloc(1, sizeof(*output));
	struct stat status;
	int err = 0;

	if (!output)
		return errmsg__set(why, -ENOMEM, "%s: out of memory", path);
	if (strlen(path) >= sizeof(output->final)) {
		free(output);
		return errmsg__set(why, -ENAMETOOLONG, "%.64s...: %s", path,
				   strerror(ENAMETOOLONG));
	}
	/* The file behind a symbolic iface is replaced, not the iface. */
	if (stat(path, &status) || !realpath(path, output->final))
		strcpy(output->final, path);
	else
		output->direct = !S_ISREG(status.st_mode);
	if (output->direct)
		strcpy(output->final, path);
	name_temporary(output);
	if (!output->direct)
		err = create(output, why);
	if (err) {
		free(output);
		return err;
	}
	*ret = output;
	return 0;
}

const char *output__path(const struct output *output)
{
	return output->direct ? output->final : output->temporary;
}

void output__explain(const struct output *output, struct errmsg *why)
{
	char *found = why ? strstr(why->text, output->temporary) : NULL;
	char rest[sizeof(why->text)];
	size_t room;

	if (!found)
		return;
	room = why->text + sizeof(why->text) - found;
	snprintf(rest, sizeof(rest), "%s", found + strlen(output->temporary));
	snprintf(found, room, "%s%s", output->final, rest);
}

int output__commit(struct output *output, struct errmsg *why)
{
	if (!output->direct && rename(output->temporary, output->final))
		return errmsg__set(why, -errno, "%s: cannot give it its name: %s", output->final,
				   strerror(errno));
	output->committed = true;
	return 0;
}

void output__close(struct output *output)
{
	if (!output)
		return;
	if (!output->committed && !output->direct)
		unlink(output->temporary);
	free(output);
}
