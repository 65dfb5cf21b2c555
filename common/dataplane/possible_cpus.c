// SPDX-License-Identifier: GPL-2.0-only
// possible_cpus: the CPUs on which a frame may arrive while the program is loaded.
#include "common/dataplane/possible_cpus.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define POSSIBLE "/sys/devices/system/cpu/possible"
#define REMEDY "run xdpctl where /sys is the kernel's own, outside of the container"
#define MAX_CPUS 65536 /* no kernel is built for more */

/* Reads a decimal CPU id, and moves on. */
static int parse_id(const char **at, unsigned long *ret)
{
	char *end;

	if (**at < '0' || **at > '9')
		return -EINVAL;
	*ret = strtoul(*at, &end, 10);
	*at = end;
	return *ret < MAX_CPUS ? 0 : -EINVAL;
}

int possible_cpus__parse(const char *text, struct possible_cpus *ret)
{
	struct possible_cpus cpus = {};
	unsigned long first, last;

	for (;;) {
		if (parse_id(&text, &first))
			return -EINVAL;
		last = first;
		if (*text == '-' && (text++, parse_id(&text, &last)))
			return -EINVAL;
		if (last < first || first < cpus.rows)
			return -EINVAL;
		cpus.count += last - first + 1;
		cpus.rows = last + 1;
		if (*text != ',')
			break;
		text++;
	}
	if (*text == '\n')
		text++;
	if (*text)
		return -EINVAL;
	*ret = cpus;
	return 0;
}

static int read_list(struct possible_cpus *ret)
{
	char text[4096];
	ssize_t bytes;
	int fd = open(POSSIBLE, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	bytes = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (bytes < 0)
		return -errno;
	text[bytes] = 0;
	return possible_cpus__parse(text, ret);
}

/* The kernel fills in a zero for each possible CPU. Return: 0 if it does not say. */
static __u32 count_values(void)
{
	__u64 *values = malloc(MAX_CPUS * sizeof(*values));
	__u32 zero = 0, count = 0;
	int fd;

	fd = bpf_map_create(BPF_MAP_TYPE_PERCPU_ARRAY, "possible_cpus", sizeof(zero),
			    sizeof(*values), 1, NULL);
	if (values && fd >= 0) {
		memset(values, 0xff, MAX_CPUS * sizeof(*values));
		if (!bpf_map_lookup_elem(fd, &zero, values))
			while (count < MAX_CPUS && !values[count])
				count++;
	}
	if (fd >= 0)
		close(fd);
	free(values);
	return count;
}

int possible_cpus__read(struct possible_cpus *ret, struct errmsg *why)
{
	struct possible_cpus listed;
	__u32 count;
	int err;

	err = read_list(&listed);
	if (err)
		return errmsg__set(why, err, POSSIBLE ": %s: " REMEDY,
				   err == -EINVAL ? "not a list of CPUs" : strerror(-err));
	count = count_values();
	if (count && count != listed.count)
		return errmsg__set(why, -EPROTO,
				   POSSIBLE
				   " lists %u, but the kernel has %u possible CPUs: frames "
				   "on the others would not be counted: " REMEDY,
				   listed.count, count);
	*ret = listed;
	return 0;
}
