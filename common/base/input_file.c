// SPDX-License-Identifier: GPL-2.0-only
// input_file: a file to read, or standard input; and what a file of an unexpected kind is.
#include "common/base/input_file.h"

#include <linux/types.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool input_file__is_stdin(const char *path)
{
	return !strcmp(path, "-");
}

int input_file__fd(const char *path)
{
	/* A copy: closing it leaves descriptor 0 taken. */
	int fd = input_file__is_stdin(path) ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
					    : open(path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int input_file__open(const char *path, FILE **ret, struct errmsg *why)
{
	int fd = input_file__fd(path), err = 0;
	struct stat status;

	if (fd < 0)
		return errmsg__set(why, fd, "%s: cannot open: %s", path, strerror(-fd));
	/* A directory can be opened; only reading fails. */
	if (!fstat(fd, &status) && S_ISDIR(status.st_mode))
		err = -EISDIR;
	*ret = err ? NULL : fdopen(fd, "r");
	if (*ret)
		return 0;
	err = err ? err : -errno;
	close(fd);
	return errmsg__set(why, err, "%s: cannot open: %s", path, strerror(-err));
}

void input_file__note(FILE *stream, struct input_state *ret)
{
	struct stat status;

	*ret = (struct input_state){};
	if (fstat(fileno(stream), &status) || !S_ISREG(status.st_mode))
		return;
	*ret = (struct input_state){
		.is_regular = true, .bytes = status.st_size, .modified = status.st_mtim};
}

int input_file__check(FILE *stream, const struct input_state *before, const char *path,
		      struct errmsg *why)
{
	struct input_state after;

	input_file__note(stream, &after);
	if (!before->is_regular ||
	    (after.bytes == before->bytes && after.modified.tv_sec == before->modified.tv_sec &&
	     after.modified.tv_nsec == before->modified.tv_nsec))
		return 0;
	return errmsg__set(why, -EAGAIN, "%s: changed while it was read: try again", path);
}

struct magic {
	size_t offset;
	const char *bytes;
	size_t length;
	struct file_kind kind;
};

#define MAGIC(offset, bytes, name, reader)        \
	{                                         \
		offset, bytes, sizeof(bytes) - 1, \
		{                                 \
			name, reader              \
		}                                 \
	}

/* Longer magic numbers before shorter ones that they begin with. */
static const struct magic magics[] = {
	MAGIC(0, "\x1f\x8b", "gzip data", "gunzip -c"),
	MAGIC(0, "\x28\xb5\x2f\xfd", "zstd data", "zstdcat"),
	MAGIC(0,
	      "\xfd"
	      "7zXZ",
	      "xz data", "xzcat"),
	MAGIC(0, "BZh", "bzip2 data", "bzcat"),
	MAGIC(0, "\x04\x22\x4d\x18", "lz4 data", "lz4cat"),
	MAGIC(0, "PK\x03\x04", "a zip archive", "unzip -p"),
	MAGIC(0,
	      "\x7f"
	      "ELF",
	      "an ELF file", NULL),
	MAGIC(0, "snoop\0\0\0", "a snoop capture", "tshark -F pcap -w - -r"),
	MAGIC(0, "\xd4\xc3\xb2\xa1", "a pcap capture", NULL),
	MAGIC(0, "\xa1\xb2\xc3\xd4", "a pcap capture", NULL),
	MAGIC(0, "\x4d\x3c\xb2\xa1", "a pcap capture", NULL),
	MAGIC(0, "\xa1\xb2\x3c\x4d", "a pcap capture", NULL),
	MAGIC(0, "\x0a\x0d\x0d\x0a", "a pcapng capture", NULL),
	MAGIC(0, "\x0d\x0a\x0d\x0a", "a pcapng capture damaged by a transfer in text mode", NULL),
	MAGIC(0, "\x0a\x0a", "a pcapng capture damaged by a transfer in text mode", NULL),
	MAGIC(0, "%PDF-", "a PDF document", NULL),
	MAGIC(0, "SQLite format 3", "an SQLite database", NULL),
	MAGIC(257, "ustar", "a tar archive", "tar -xO -f"),
};

/* No control characters, and at least half of it ASCII. */
static bool is_text(const __u8 *head, size_t head_bytes)
{
	size_t ascii = 0;

	for (size_t i = 0; i < head_bytes; i++) {
		if (head[i] < ' ' && !isspace(head[i]))
			return false;
		ascii += head[i] < 0x7f;
	}
	return 2 * ascii >= head_bytes;
}

static bool is_zeros(const __u8 *head, size_t head_bytes)
{
	for (size_t i = 0; i < head_bytes; i++)
		if (head[i])
			return false;
	return true;
}

const struct file_kind *input_file__kind(const void *head, size_t head_bytes)
{
	static const struct file_kind empty = {"an empty file", NULL}, json = {"JSON text", NULL},
				      hex = {"a hex dump", "text2pcap - - <"},
				      text = {"text", NULL}, zeros = {"zero bytes only", NULL},
				      unknown = {"unknown data", NULL};
	const char *first = head;

	if (!head_bytes)
		return &empty;
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
		if (head_bytes >= magics[i].offset + magics[i].length &&
		    !memcmp(first + magics[i].offset, magics[i].bytes, magics[i].length))
			return &magics[i].kind;
	if (is_zeros(head, head_bytes))
		return &zeros;
	if (!is_text(head, head_bytes))
		return &unknown;
	if (*first == '{' || *first == '[')
		return &json;
	return head_bytes > 6 && !strncmp(first, "0000 ", 5) ? &hex : &text;
}

ssize_t input_file__line(FILE *stream, char *buf, size_t buf_bytes)
{
	size_t length = 0;
	int byte = 0;

	while (byte != '\n' && (byte = getc_unlocked(stream)) != EOF) {
		if (length + 1 == buf_bytes)
			return -EMSGSIZE;
		buf[length++] = byte;
	}
	buf[length] = '\0';
	return length;
}
