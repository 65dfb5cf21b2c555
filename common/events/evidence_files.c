// SPDX-License-Identifier: GPL-2.0-only
// evidence_files: the files of evidence in a directory.
#include "common/events/evidence_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/base/clock.h"
#include "common/events/evidence.h"

static bool cut_suffix(char *name, const char *suffix)
{
	size_t bytes = strlen(name), suffix_bytes = strlen(suffix);

	if (bytes <= suffix_bytes || strcmp(name + bytes - suffix_bytes, suffix))
		return false;
	name[bytes - suffix_bytes] = '\0';
	return true;
}

/* Also of a ring: NAME.pcapng0. Return: false if it is something else. */
static bool look_at_file(int directory_fd, const char *name, struct evidence_file *ret)
{
	const char *suffix;
	struct stat file;

	*ret = (struct evidence_file){};
	snprintf(ret->name, sizeof(ret->name), "%s", name);
	ret->is_part = cut_suffix(ret->name, EVIDENCE_PART);
	suffix = strstr(ret->name, EVIDENCE_SUFFIX);
	if (!suffix || fstatat(directory_fd, name, &file, AT_SYMLINK_NOFOLLOW) ||
	    !S_ISREG(file.st_mode))
		return false;
	ret->bytes = file.st_size;
	ret->modified_ns = file.st_mtim.tv_sec * NS_PER_S + file.st_mtim.tv_nsec;
	return true;
}

static int compare_age(const void *a, const void *b)
{
	const struct evidence_file *first = a, *second = b;

	if (first->modified_ns != second->modified_ns)
		return first->modified_ns < second->modified_ns ? -1 : 1;
	return strcmp(first->name, second->name);
}

static int evidence_files_add(struct evidence_file **list, size_t *count,
			      const struct evidence_file *file)
{
	struct evidence_file *grown = reallocarray(*list, *count + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	*list = grown;
	grown[(*count)++] = *file;
	return 0;
}

int evidence_files__list(const char *directory, struct evidence_file **ret, size_t *ret_count,
			 struct errmsg *why)
{
	struct evidence_file file;
	struct dirent *entry;
	DIR *dir = opendir(directory);
	int err = 0;

	*ret = NULL;
	*ret_count = 0;
	if (!dir && errno == ENOENT)
		return 0;
	if (!dir)
		return errmsg__set(why, -errno, "%s: cannot open it: %s", directory,
				   strerror(errno));
	while (!err && (entry = readdir(dir)))
		if (look_at_file(dirfd(dir), entry->d_name, &file))
			err = evidence_files_add(ret, ret_count, &file);
	closedir(dir);
	if (err) {
		free(*ret);
		return errmsg__set(why, err, "out of memory");
	}
	if (*ret_count)
		qsort(*ret, *ret_count, sizeof(**ret), compare_age);
	return 0;
}
