// SPDX-License-Identifier: GPL-2.0-only
// advice: what to do about a failed call, by the call, its errno and the kernel's words.
#include "common/base/advice.h"

#include <cap-ng.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define ANY_CALL (-1)
#define ANY_ERROR (-1)
#define MAX_CAPABILITIES 4
#define FEWER_SOURCES "ask for fewer sources with --max-sources N"
#define OR_GENERIC ", or use -m generic"
#define DETACH_FIRST "'ip link' shows it; detach it first"
#define REMOUNT "make bpffs writable: mount -o remount,rw /sys/fs/bpf"
#define DOCTOR "this kernel lacks what it needs: 'xdpctl doctor' says what"
#define PREPARE "run as root, or have root run 'chmod 0711 /sys/fs/bpf'"
#define OWN_REGISTRY PREPARE " and 'install -d -o USER /sys/fs/bpf/xdpctl'"

struct advice_row {
	int call;
	int error;
	const char *text; /* with capabilities, why they are needed; or NULL */
	/* Needed for the call, for EPERM; 0 ends them, as no call here needs CAP_CHOWN. */
	unsigned int capabilities[MAX_CAPABILITIES + 1];
	/* Part of the kernel's reason, as in net/core/dev.c and the drivers; NULL: any. */
	const char *words;
};

/* The first match applies: the rows of a call before those of any call. */
static const struct advice_row rows[] = {
	{ADVICE_OPEN_PIN, ENOENT, "pins are missing: 'xdpctl attach --reset IFACE' makes new ones"},
	{ADVICE_OPEN_PIN, EACCES, "run as root, or as a member of the pin's group"},
	{ADVICE_OPEN_PIN, EPERM, NULL, {CAP_BPF}},
	{ADVICE_PIN, ENOENT, "its directory was removed meanwhile: try again"},
	{ADVICE_PIN, EACCES, OWN_REGISTRY},
	{ADVICE_PIN, EPERM, NULL, {CAP_BPF}},
	{ADVICE_MAKE_DIRECTORY, EACCES, OWN_REGISTRY},
	{ADVICE_MAKE_DIRECTORY, EPERM, OWN_REGISTRY},
	{ADVICE_OPEN_DIRECTORY, EACCES, PREPARE},
	{ADVICE_OPEN_DIRECTORY, EPERM, PREPARE},
	{ADVICE_OPEN_DIRECTORY, ENOTDIR, "remove what has its name"},
	{ADVICE_MOUNT_BPFFS, EPERM, NULL, {CAP_SYS_ADMIN}},
	{ADVICE_MOUNT_BPFFS, ENODEV, "this kernel has no bpffs: it needs CONFIG_BPF_SYSCALL"},
	{ADVICE_MOUNT_BPFFS, ENOENT, "mount sysfs first: mount -t sysfs sysfs /sys"},
	{ADVICE_LOAD, EPERM, NULL, {CAP_BPF, CAP_NET_ADMIN, CAP_PERFMON}},
	{ADVICE_LOAD, ENOMEM, "free memory, or ask for less: --max-sources"},
	{ADVICE_LOAD_LOCKED,
	 EPERM,
	 "this kernel counts BPF memory against RLIMIT_MEMLOCK: else raise 'ulimit -l'",
	 {CAP_BPF, CAP_NET_ADMIN, CAP_PERFMON, CAP_SYS_RESOURCE}},
	{ADVICE_LOAD_OFFLOAD, EPERM, NULL, {CAP_SYS_ADMIN}},
	{ADVICE_LOAD_OFFLOAD, ENOMEM, FEWER_SOURCES},
	{ADVICE_LOAD_OFFLOAD, E2BIG, FEWER_SOURCES},
	{ADVICE_LOAD_OFFLOAD, ANY_ERROR,
	 "it cannot run XDP programs itself, or its driver refuses to now: use -m native or "
	 "-m generic"},
	{ADVICE_ATTACH, EPERM, NULL, {CAP_NET_ADMIN, CAP_BPF}},
	{ADVICE_ATTACH, EBUSY, "another program is attached: " DETACH_FIRST},
	{ADVICE_ATTACH, EEXIST, "a program is attached in another mode: " DETACH_FIRST},
	{ADVICE_ATTACH, ANY_ERROR, "lower it" OR_GENERIC, .words = "MTU"},
	{ADVICE_ATTACH, ANY_ERROR, "lower its MTU" OR_GENERIC, .words = "too large"},
	{ADVICE_ATTACH, ANY_ERROR,
	 "disable it on that host (QEMU: guest_tso4=off and similar)" OR_GENERIC,
	 .words = "host is implementing"},
	{ADVICE_ATTACH, ANY_ERROR, "disable it with 'ethtool -K IFACE lro off'" OR_GENERIC,
	 .words = "LRO"},
	{ADVICE_ATTACH, ANY_ERROR, "disable it with 'ethtool -K IFACE rx-gro-hw off'" OR_GENERIC,
	 .words = "GRO_HW"},
	{ADVICE_ATTACH, ANY_ERROR,
	 "give it more queues with 'ethtool -L IFACE rx N', or its peer fewer" OR_GENERIC,
	 .words = "peer tx queues"},
	{ADVICE_ATTACH, ANY_ERROR, "give it more queues with 'ethtool -L IFACE'" OR_GENERIC,
	 .words = "queue"},
	{ADVICE_ATTACH, ANY_ERROR, "give it more queues with 'ethtool -L IFACE'" OR_GENERIC,
	 .words = "rings"},
	{ADVICE_ATTACH, EOPNOTSUPP, "the driver does not support this mode: use -m generic"},
	{ADVICE_ATTACH, EINVAL,
	 "the device does not support this mode: use -m native or -m generic"},
	{ADVICE_OPEN_PROGRAM, ENOENT, "'bpftool prog' lists loaded programs"},
	{ADVICE_OPEN_PROGRAM, EPERM, NULL, {CAP_SYS_ADMIN}},
	{ADVICE_ENTER_NETNS, EPERM, NULL, {CAP_SYS_ADMIN}},
	{ADVICE_ENABLE_STATS, EPERM, NULL, {CAP_SYS_ADMIN}},
	{ADVICE_ENABLE_STATS, EINVAL, "it needs Linux 5.8"},
	{ANY_CALL, EMFILE, "raise the limit of open files: ulimit -n"},
	{ANY_CALL, ENFILE, "raise the system's limit of open files: sysctl fs.file-max"},
	{ANY_CALL, ENOSYS, "this kernel has no bpf(): it needs CONFIG_BPF_SYSCALL"},
	{ANY_CALL, EROFS, REMOUNT},
	{ANY_CALL, EINVAL, DOCTOR},
	{ANY_CALL, EOPNOTSUPP, DOCTOR},
};

static bool row_applies(const struct advice_row *row, enum advice_call call, int err,
			const char *reason)
{
	return (row->call == ANY_CALL || row->call == (int)call) &&
	       (row->error == ANY_ERROR || row->error == -err) &&
	       (!row->words || strstr(reason, row->words));
}

/* "CAP_BPF, CAP_PERFMON": of those that are needed, the missing ones. */
static void list_missing(const unsigned int *needed, char *buf, size_t buf_bytes)
{
	size_t used = 0;

	buf[0] = '\0';
	for (; *needed && used < buf_bytes; needed++) {
		const char *name = capng_capability_to_name(*needed);

		if (capng_have_capability(CAPNG_EFFECTIVE, *needed))
			continue;
		used += snprintf(buf + used, buf_bytes - used, "%sCAP_", used ? ", " : "");
		for (; name && *name && used + 1 < buf_bytes; name++)
			buf[used++] = *name >= 'a' && *name <= 'z' ? *name - 'a' + 'A' : *name;
		buf[used] = '\0';
	}
}

static void describe(const struct advice_row *row, char buf[ADVICE_BYTES])
{
	char missing[128];

	if (!row->capabilities[0]) {
		snprintf(buf, ADVICE_BYTES, "%s", row->text);
		return;
	}
	list_missing(row->capabilities, missing, sizeof(missing));
	if (missing[0])
		snprintf(buf, ADVICE_BYTES, "run as root, or with the missing %s%s%s%s", missing,
			 row->text ? " (" : "", row->text ?: "", row->text ? ")" : "");
	else
		snprintf(buf, ADVICE_BYTES,
			 "not for lack of capabilities: a seccomp filter, a security module or "
			 "lockdown forbids it");
}

static void fill_in(const char *interface, char buf[ADVICE_BYTES])
{
	char *name = strstr(buf, "IFACE"), rest[ADVICE_BYTES];

	if (!name)
		return;
	snprintf(rest, sizeof(rest), "%s", name + strlen("IFACE"));
	snprintf(name, buf + ADVICE_BYTES - name, "%s%s", interface, rest);
}

const char *advice__find(enum advice_call call, int err, const char *reason, const char *interface,
			 char buf[ADVICE_BYTES])
{
	buf[0] = '\0';
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (row_applies(&rows[i], call, err, reason)) {
			describe(&rows[i], buf);
			break;
		}
	if (interface)
		fill_in(interface, buf);
	return buf;
}

int advice__set(struct errmsg *why, enum advice_call call, int err, const char *fmt, ...)
{
	char what[sizeof(struct errmsg)], advice[ADVICE_BYTES];
	va_list args;

	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	advice__find(call, err, "", NULL, advice);
	return errmsg__set(why, err, "%.400s: %s%s%s", what, strerror(-err), advice[0] ? ": " : "",
			   advice);
}
