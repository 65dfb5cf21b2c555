// SPDX-License-Identifier: GPL-2.0-only
// irq: the CPUs that handle the interrupts of a network device.
#include "common/netdev/irq.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/pseudofs.h"

#define MAX_CPUS 8192 /* the largest CONFIG_NR_CPUS */

/* The parent device by its bus name: "virtio2", "0000:3b:00.0". */
static int find_parent(const char *interface, int ifindex, char buf[NAME_MAX + 1])
{
	char path[sizeof("/sys/class/net//ifindex") + IFNAMSIZ], text[32], target[PATH_MAX];
	const char *name;
	ssize_t n;
	int err;

	snprintf(path, sizeof(path), "/sys/class/net/%s/ifindex", interface);
	err = pseudofs__read(AT_FDCWD, path, text, sizeof(text));
	if (err)
		return err;
	/* /sys may show another namespace, with a device of the same name. */
	if (atoi(text) != ifindex)
		return -ENODEV;
	snprintf(path, sizeof(path), "/sys/class/net/%s/device", interface);
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return errno == ENOENT ? -ENODEV : -errno;
	target[n] = '\0';
	name = strrchr(target, '/');
	snprintf(buf, NAME_MAX + 1, "%.*s", NAME_MAX, name ? name + 1 : target);
	return 0;
}

/* Whole words only: eth1 is not in "eth10-rx". */
static bool contains_word(const char *line, const char *word)
{
	const char *found = strstr(line, word);

	while (found) {
		char before = found == line ? ' ' : found[-1];
		char after = found[strlen(word)];

		if (!strchr("0123456789abcdefghijklmnopqrstuvwxyz", before) &&
		    (after < '0' || after > '9'))
			return true;
		found = strstr(found + 1, word);
	}
	return false;
}

/* "38:  0  869  PCI-MSIX-0000:00:03.0  1-edge  virtio2-input.0": a number for each CPU. */
static void count_line(const char *line, bool *handles, struct irq_spread *spread)
{
	const char *at = strchr(line, ':');
	bool fired = false;

	if (!at)
		return;
	at++;
	for (int cpu = 0; cpu < MAX_CPUS; cpu++) {
		char *end;
		unsigned long long count = strtoull(at, &end, 10);

		if (end == at || (*end != ' ' && *end != '\n'))
			break;
		at = end;
		if (!count)
			continue;
		fired = true;
		if (!handles[cpu])
			spread->cpus++;
		handles[cpu] = true;
	}
	spread->lines += fired;
}

int irq__read(const char *interface, int ifindex, struct irq_spread *ret)
{
	struct irq_spread spread = {};
	bool handles[MAX_CPUS] = {};
	char parent[NAME_MAX + 1], *line = NULL;
	size_t line_bytes = 0;
	FILE *file;
	int err;

	err = find_parent(interface, ifindex, parent);
	if (err)
		return err;
	file = fopen("/proc/interrupts", "re");
	if (!file)
		return -errno;
	while (getline(&line, &line_bytes, file) > 0)
		if (contains_word(line, interface) || contains_word(line, parent))
			count_line(line, handles, &spread);
	free(line);
	fclose(file);
	*ret = spread;
	return 0;
}
