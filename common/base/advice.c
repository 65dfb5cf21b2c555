// SPDX-License-Identifier: GPL-2.0-only
// advice: what to do about a failed call, by the call and its errno.
#include "common/base/advice.h"

#include <cap-ng.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define ANY_CALL (-1)
#define MAX_CAPABILITIES 4
#define REMOUNT "make bpffs writable: mount -o remount,rw /sys/fs/bpf"
#define DOCTOR "this kernel lacks what it needs: 'xdpctl doctor' says what"
#define PREPARE "run as root, or have root run 'chmod 0711 /sys/fs/bpf'"
#define OWN_REGISTRY PREPARE " and 'install -d -o USER /sys/fs/bpf/xdpctl'"

struct advice_row {
	int call;
	int error;
	const char *text;
	/* Needed for the call, for EPERM; 0 ends them, as no call here needs CAP_CHOWN. */
	unsigned int capabilities[MAX_CAPABILITIES + 1];
};

/* The rows of a call before those of any call. */
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
	{ADVICE_OPEN_PROGRAM, ENOENT, "'bpftool prog' lists loaded programs"},
	{ADVICE_OPEN_PROGRAM, EPERM, NULL, {CAP_SYS_ADMIN}},
	{ADVICE_ENABLE_STATS, EPERM, NULL, {CAP_SYS_ADMIN}},
	{ADVICE_ENABLE_STATS, EINVAL, "it needs Linux 5.8"},
	{ANY_CALL, EMFILE, "raise the limit of open files: ulimit -n"},
	{ANY_CALL, ENFILE, "raise the system's limit of open files: sysctl fs.file-max"},
	{ANY_CALL, ENOSYS, "this kernel has no bpf(): it needs CONFIG_BPF_SYSCALL"},
	{ANY_CALL, EROFS, REMOUNT},
	{ANY_CALL, EINVAL, DOCTOR},
	{ANY_CALL, EOPNOTSUPP, DOCTOR},
};

static const struct advice_row *find_row(enum advice_call call, int err)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].error == -err &&
		    (rows[i].call == ANY_CALL || rows[i].call == (int)call))
			return &rows[i];
	return NULL;
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

static void describe(const struct advice_row *row, char *buf, size_t buf_bytes)
{
	char missing[128];

	if (!row->capabilities[0]) {
		snprintf(buf, buf_bytes, "%s", row->text);
		return;
	}
	list_missing(row->capabilities, missing, sizeof(missing));
	if (missing[0])
		snprintf(buf, buf_bytes, "run as root, or with the missing %s", missing);
	else
		snprintf(buf, buf_bytes,
			 "not for lack of capabilities: a seccomp filter, a security module or "
			 "lockdown forbids it");
}

int advice__set(struct errmsg *why, enum advice_call call, int err, const char *fmt, ...)
{
	const struct advice_row *row = find_row(call, err);
	char what[sizeof(struct errmsg)], advice[256] = "";
	va_list args;

	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	if (row)
		describe(row, advice, sizeof(advice));
	return errmsg__set(why, err, "%.400s: %s%s%s", what, strerror(-err), advice[0] ? ": " : "",
			   advice);
}
