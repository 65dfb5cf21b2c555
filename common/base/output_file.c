// SPDX-License-Identifier: GPL-2.0-only
// output_file: a file that gets its name only when it is complete.
#include "common/base/output_file.h"

#include <linux/types.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/number.h"

#define MAX_TRIES 8

struct output_file {
	char *path; /* for messages */
	int fd;
	bool is_stdout;
	int directory_fd; /* -1: written directly, nothing to rename or to remove */
	const char *name; /* in @path */
	char temporary[32];
};

/* The open descriptor that a path stands for, or -1. */
static int descriptor_of(const char *path)
{
	static const char *const prefixes[] = {"/dev/fd/", "/proc/self/fd/",
					       "/proc/thread-self/fd/"};
	__u64 fd;

	if (!strcmp(path, "-") || !strcmp(path, "/dev/stdout"))
		return STDOUT_FILENO;
	if (!strcmp(path, "/dev/stderr"))
		return STDERR_FILENO;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		size_t length = strlen(prefixes[i]);

		if (!strncmp(path, prefixes[i], length) &&
		    !number__u64("", path + length, 0, INT_MAX, &fd, NULL))
			return fd;
	}
	return -1;
}

static int open_failed(const struct output_file *output, int err, struct errmsg *why)
{
	return errmsg__set(why, err, "%s: cannot create it: %s", output->path, strerror(-err));
}

static int open_descriptor(struct output_file *output, int fd, struct errmsg *why)
{
	output->is_stdout = fd == STDOUT_FILENO;
	output->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	return output->fd < 0 ? open_failed(output, -errno, why) : 0;
}

static int open_parent(struct output_file *output, struct errmsg *why)
{
	const char *slash = strrchr(output->path, '/');
	char directory[PATH_MAX] = ".";

	output->name = slash ? slash + 1 : output->path;
	if (slash && (size_t)(slash - output->path) + 1 >= sizeof(directory))
		return open_failed(output, -ENAMETOOLONG, why);
	if (slash)
		snprintf(directory, sizeof(directory), "%.*s", (int)(slash - output->path) + 1,
			 output->path);
	if (!output->name[0])
		return open_failed(output, -EISDIR, why);
	output->directory_fd = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return output->directory_fd < 0 ? open_failed(output, -errno, why) : 0;
}

static const char *type_of(mode_t mode)
{
	return S_ISDIR(mode)    ? "a directory"
	       : S_ISBLK(mode)  ? "a block device"
	       : S_ISSOCK(mode) ? "a socket"
	       : S_ISFIFO(mode) ? "a FIFO"
	       : S_ISCHR(mode)  ? "a character device"
				: "no regular file";
}

/* Only a link to a regular file or to nothing is replaced. */
static int check_link(const struct output_file *output, struct errmsg *why)
{
	struct stat target;

	if (fstatat(output->directory_fd, output->name, &target, 0) || S_ISREG(target.st_mode))
		return 0;
	return errmsg__set(why, -EINVAL, "%s: not written: it is a symbolic link to %s: name that",
			   output->path, type_of(target.st_mode));
}

/* Opens the node behind @path_fd, whatever its name refers to by now. */
static int open_node(struct output_file *output, int path_fd, struct errmsg *why)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", path_fd);
	output->fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
	if (output->fd < 0)
		return open_failed(output, -errno, why);
	close(output->directory_fd);
	output->directory_fd = -1;
	return 0;
}

/* Opens a FIFO or a character device; refuses what must not be replaced. */
static int check_target(struct output_file *output, struct errmsg *why)
{
	int fd = openat(output->directory_fd, output->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct stat status;
	int err = 0;

	if (fd < 0)
		return errno == ENOENT ? 0 : open_failed(output, -errno, why);
	if (fstat(fd, &status))
		err = open_failed(output, -errno, why);
	else if (S_ISLNK(status.st_mode))
		err = check_link(output, why);
	else if (S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode))
		err = open_node(output, fd, why);
	else if (!S_ISREG(status.st_mode))
		err = errmsg__set(why, S_ISDIR(status.st_mode) ? -EISDIR : -EINVAL,
				  "%s: not written: it is %s", output->path,
				  type_of(status.st_mode));
	close(fd);
	return err;
}

static int create_temporary(struct output_file *output, mode_t mode, struct errmsg *why)
{
	__u64 random;

	for (int i = 0; i < MAX_TRIES && output->fd < 0; i++) {
		if (getrandom(&random, sizeof(random), 0) != sizeof(random))
			return open_failed(output, -errno, why);
		snprintf(output->temporary, sizeof(output->temporary), ".%016llx.partial", random);
		output->fd = openat(output->directory_fd, output->temporary,
				    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
				    mode ? mode : 0666);
		if (output->fd < 0 && errno != EEXIST)
			break;
	}
	if (output->fd >= 0 && (!mode || !fchmod(output->fd, mode)))
		return 0;
	return open_failed(output, -errno, why);
}

int output_file__open(const char *path, mode_t mode, struct output_file **ret, struct errmsg *why)
{
	struct output_file *output = calloc(1, sizeof(*output));
	int fd = descriptor_of(path), err = -ENOMEM;

	if (!output) {
		errmsg__set(why, err, "%s: out of memory", path);
		return err;
	}
	output->fd = output->directory_fd = -1;
	output->path = strdup(path);
	if (!output->path) {
		errmsg__set(why, err, "%s: out of memory", path);
		goto out;
	}
	err = fd >= 0 ? open_descriptor(output, fd, why) : open_parent(output, why);
	if (err || fd >= 0)
		goto out;
	err = check_target(output, why);
	if (!err && output->fd < 0)
		err = create_temporary(output, mode, why);
out:
	if (err)
		output_file__close(output);
	else
		*ret = output;
	return err;
}

int output_file__stream(const struct output_file *output, FILE **ret, struct errmsg *why)
{
	int fd = fcntl(output->fd, F_DUPFD_CLOEXEC, 0);

	*ret = fd < 0 ? NULL : fdopen(fd, "w");
	if (*ret)
		return 0;
	if (fd >= 0)
		close(fd);
	return open_failed(output, -errno, why);
}

bool output_file__is_stdout(const struct output_file *output)
{
	return output->is_stdout;
}

void output_file__claim_stdout(const struct output_file *output)
{
	if (!output->is_stdout)
		return;
	fflush(stdout);
	dup2(STDERR_FILENO, STDOUT_FILENO);
}

int output_file__commit(struct output_file *output, struct errmsg *why)
{
	if (output->directory_fd < 0)
		return 0;
	if (renameat(output->directory_fd, output->temporary, output->directory_fd, output->name))
		return errmsg__set(why, -errno, "%s: cannot rename it into place: %s", output->path,
				   strerror(errno));
	output->temporary[0] = '\0';
	return 0;
}

void output_file__close(struct output_file *output)
{
	if (!output)
		return;
	if (output->fd >= 0)
		close(output->fd);
	if (output->directory_fd >= 0) {
		if (output->temporary[0])
			unlinkat(output->directory_fd, output->temporary, 0);
		close(output->directory_fd);
	}
	free(output->path);
	free(output);
}

/* Return: 0, or a negative errno. */
static int finish_stream(FILE *out, bool sync)
{
	int err = 0;

	if (fflush(out) || ferror(out) || (sync && fsync(fileno(out))))
		err = errno ? -errno : -EIO;
	if (fclose(out) && !err)
		err = -errno;
	return err;
}

static int write_content(struct output_file *output, bool sync,
			 void (*print)(FILE *out, const void *context), const void *context,
			 struct errmsg *why)
{
	FILE *out;
	int err = output_file__stream(output, &out, why);

	if (err)
		return err;
	print(out, context);
	err = finish_stream(out, sync);
	if (err)
		return errmsg__set(why, err, "%s: cannot write: %s", output->path, strerror(-err));
	return output_file__commit(output, why);
}

static int write_whole(const char *path, mode_t mode, bool sync,
		       void (*print)(FILE *out, const void *context), const void *context,
		       struct errmsg *why)
{
	struct output_file *output;
	int err = output_file__open(path, mode, &output, why);

	if (err)
		return err;
	err = write_content(output, sync, print, context, why);
	output_file__close(output);
	return err;
}

int output_file__write(const char *path, mode_t mode, void (*print)(FILE *out, const void *context),
		       const void *context, struct errmsg *why)
{
	return write_whole(path, mode, false, print, context, why);
}

int output_file__write_synced(const char *path, mode_t mode,
			      void (*print)(FILE *out, const void *context), const void *context,
			      struct errmsg *why)
{
	return write_whole(path, mode, true, print, context, why);
}
