// SPDX-License-Identifier: GPL-2.0-only
// checks_system: checks of the kernel, its settings, and what it permits.
#include <linux/capability.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "common/base/pseudofs.h"
#include "common/base/subprocess.h"
#include "common/bpf/features.h"
#include "ctl/doctor/findings.h"

#define BPFFS "/sys/fs/bpf"
#define VMLINUX_BTF "/sys/kernel/btf/vmlinux"
#define PERMISSION "run as root, or with CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON"

static void look_kernel(const void *row, const struct netdev *netdev, struct finding *ret)
{
	struct utsname name;

	(void)row, (void)netdev;
	uname(&name);
	finding__set(ret, CHECK_OK, NULL, "%s %s, %s", name.sysname, name.release, name.machine);
}

/* The kernel's configuration, from itself or from where distributions install it. */
static char *read_configuration(void)
{
	char boot[sizeof("/boot/config-") + sizeof(((struct utsname *)0)->release)];
	const char *const places[][4] = {
		{"gzip", "-dc", "/proc/config.gz", NULL},
		{"cat", boot, NULL},
	};
	struct utsname name;

	uname(&name);
	snprintf(boot, sizeof(boot), "/boot/config-%s", name.release);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		char *output = NULL;

		if (!subprocess__run(places[i], &output))
			return output;
		free(output);
	}
	return NULL;
}

static void look_configuration(const void *row, const struct netdev *netdev, struct finding *ret)
{
	static const char *const options[] = {
		"CONFIG_BPF_SYSCALL=y", "CONFIG_BPF_JIT=y",        "CONFIG_BPF_EVENTS=y",
		"CONFIG_XDP_SOCKETS=y", "CONFIG_DEBUG_INFO_BTF=y",
	};
	char *configuration = read_configuration(), missing[160] = "";
	size_t used = 0;

	(void)row, (void)netdev;
	if (!configuration) {
		finding__set(
			ret, CHECK_UNKNOWN, NULL,
			"neither in /proc/config.gz nor in /boot: what matters is probed below");
		return;
	}
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (!strstr(configuration, options[i]))
			used += snprintf(missing + used, sizeof(missing) - used, "%s%.*s",
					 used ? ", " : "", (int)strlen(options[i]) - 2, options[i]);
	if (used)
		finding__set(ret, CHECK_WARNING, "a kernel that is built with it", "without %s",
			     missing);
	else
		finding__set(ret, CHECK_OK, NULL,
			     "BPF, its JIT, events, AF_XDP and BTF are built in");
	free(configuration);
}

static void look_permission(const void *row, const struct netdev *netdev, struct finding *ret)
{
	int fd = features__null_program(0);

	(void)row, (void)netdev;
	if (fd >= 0) {
		close(fd);
		finding__set(ret, CHECK_OK, NULL, "an XDP program can be loaded");
	} else if (fd == -EPERM || fd == -EACCES) {
		finding__set(ret, CHECK_PROBLEM, PERMISSION, "loading an XDP program: %s",
			     strerror(-fd));
	} else {
		finding__set(ret, CHECK_PROBLEM, "a kernel with CONFIG_BPF_SYSCALL, from 5.10 up",
			     "loading an XDP program: %s", strerror(-fd));
	}
}

static void look_capabilities(const void *row, const struct netdev *netdev, struct finding *ret)
{
	/* Those that CAP_SYS_ADMIN stands for do not have to be held beside it. */
	static const struct {
		const char *name;
		int number;
		bool in_sys_admin;
	} needed[] = {
		{"CAP_NET_ADMIN", CAP_NET_ADMIN, false},
		{"CAP_BPF", CAP_BPF, true},
		{"CAP_PERFMON", CAP_PERFMON, true},
	};
	unsigned long long held = 0;
	char line[128], missing[64] = "";
	size_t used = 0;
	FILE *file;
	bool admin;

	(void)row, (void)netdev;
	file = fopen("/proc/self/status", "re");
	while (file && fgets(line, sizeof(line), file))
		sscanf(line, "CapEff: %llx", &held);
	if (file)
		fclose(file);
	admin = held >> CAP_SYS_ADMIN & 1;
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (!(held >> needed[i].number & 1) && !(admin && needed[i].in_sys_admin))
			used += snprintf(missing + used, sizeof(missing) - used, "%s%s",
					 used ? ", " : "", needed[i].name);
	if (used)
		finding__set(ret, CHECK_PROBLEM, PERMISSION, "without %s", missing);
	else if (!admin)
		finding__set(ret, CHECK_WARNING, "run as root",
			     "without CAP_SYS_ADMIN: other programs cannot be opened by their id, "
			     "and bpffs cannot be mounted");
	else
		finding__set(ret, CHECK_OK, NULL, "all that are needed");
}

static void look_jit(const void *row, const struct netdev *netdev, struct finding *ret)
{
	char setting[16] = "";
	__u32 bytes = 0;
	int err = features__jit(&bytes);

	(void)row, (void)netdev;
	/* There in the first network namespace only. */
	pseudofs__read(AT_FDCWD, "/proc/sys/net/core/bpf_jit_enable", setting, sizeof(setting));
	if (setting[0] == '2')
		finding__set(ret, CHECK_WARNING, "sysctl net.core.bpf_jit_enable=1",
			     "on, and every program is written to the kernel's log");
	else if (bytes)
		finding__set(ret, CHECK_OK, NULL,
			     "on: 2 instructions became %u bytes of machine code", bytes);
	else if (setting[0] == '0')
		finding__set(ret, CHECK_WARNING, "sysctl net.core.bpf_jit_enable=1",
			     "off: programs are interpreted, several times slower");
	else if (setting[0] == '1')
		finding__set(ret, CHECK_OK, NULL, "on, by its setting");
	else
		finding__set(ret, CHECK_UNKNOWN, NULL, "the kernel does not tell: %s",
			     err ? strerror(-err) : "another network namespace decides");
}

/* A setting with a meaning for each of its values. */
struct setting {
	const char *path;
	struct {
		enum check_state state;
		const char *text; /* NULL: it has no such value */
		const char *remedy;
	} values[3];
};

static const struct setting hardening = {
	"/proc/sys/net/core/bpf_jit_harden",
	{
		{CHECK_OK, "off", NULL},
		{CHECK_OK, "for programs of unprivileged users only", NULL},
		{CHECK_WARNING, "for all programs: constants are hidden, and code is slower",
		 "sysctl net.core.bpf_jit_harden=1"},
	},
};

static const struct setting unprivileged = {
	"/proc/sys/kernel/unprivileged_bpf_disabled",
	{
		{CHECK_WARNING, "any user may load programs, with which Spectre leaks can be used",
		 "sysctl kernel.unprivileged_bpf_disabled=2"},
		{CHECK_OK, "not permitted, until the next start", NULL},
		{CHECK_OK, "not permitted, until an administrator changes it", NULL},
	},
};

static const struct setting statistics = {
	"/proc/sys/kernel/bpf_stats_enabled",
	{
		{CHECK_OK, "off, except while 'xdpctl inspect --stats' asks", NULL},
		{CHECK_WARNING, "on: every run of a program costs two looks at the clock more",
		 "sysctl kernel.bpf_stats_enabled=0"},
	},
};

static void look_setting(const void *row, const struct netdev *netdev, struct finding *ret)
{
	const struct setting *setting = row;
	char text[16];
	int err = pseudofs__read(AT_FDCWD, setting->path, text, sizeof(text));
	size_t value = err ? 0 : text[0] - '0';

	(void)netdev;
	if (err)
		finding__set(ret, CHECK_UNKNOWN, NULL, "%s: %s", setting->path, strerror(-err));
	else if (value < 3 && setting->values[value].text)
		finding__set(ret, setting->values[value].state, setting->values[value].remedy, "%s",
			     setting->values[value].text);
	else
		finding__set(ret, CHECK_UNKNOWN, NULL, "%s says %s", setting->path, text);
}

/* "none [integrity] confidentiality" */
static void look_lockdown(const void *row, const struct netdev *netdev, struct finding *ret)
{
	char text[64] = "";
	int fd = pseudofs__open("securityfs");
	int err = fd < 0 ? fd : pseudofs__read(fd, "lockdown", text, sizeof(text));

	(void)row, (void)netdev;
	if (fd >= 0)
		close(fd);
	if (err == -ENOENT)
		finding__set(ret, CHECK_OK, NULL, "this kernel has none");
	else if (err)
		finding__set(ret, CHECK_UNKNOWN, "run as root", "asking for it: %s",
			     strerror(-err));
	else if (strstr(text, "[confidentiality]"))
		finding__set(ret, CHECK_WARNING, "start the kernel with lockdown=integrity",
			     "confidentiality: XDP works, tracing does not");
	else if (strstr(text, "[integrity]"))
		finding__set(ret, CHECK_OK, NULL, "integrity: XDP and reading are permitted");
	else
		finding__set(ret, CHECK_OK, NULL, "none");
}

static void look_btf(const void *row, const struct netdev *netdev, struct finding *ret)
{
	struct stat btf;

	(void)row, (void)netdev;
	if (stat(VMLINUX_BTF, &btf))
		finding__set(ret, CHECK_WARNING, "a kernel with CONFIG_DEBUG_INFO_BTF",
			     VMLINUX_BTF ": %s: programs cannot adapt to the kernel's structures",
			     strerror(errno));
	else
		finding__set(ret, CHECK_OK, NULL, "%lld bytes of the kernel's types",
			     (long long)btf.st_size);
}

static void look_bpffs(const void *row, const struct netdev *netdev, struct finding *ret)
{
	char mount_point[128];
	int err = pseudofs__mount_point("bpf", mount_point, sizeof(mount_point));

	(void)row, (void)netdev;
	if (err)
		finding__set(ret, CHECK_WARNING, "mount -t bpf bpf " BPFFS,
			     "not mounted here: 'xdpctl attach' mounts it, except inside 'ip netns "
			     "exec', where --netns serves instead");
	else if (strcmp(mount_point, BPFFS))
		finding__set(ret, CHECK_WARNING, "mount -t bpf bpf " BPFFS,
			     "mounted at %s, but pins belong to " BPFFS, mount_point);
	else
		finding__set(ret, CHECK_OK, NULL, "mounted at %s", mount_point);
}

static void look_tracefs(const void *row, const struct netdev *netdev, struct finding *ret)
{
	char mount_point[128];

	(void)row, (void)netdev;
	if (pseudofs__mount_point("tracefs", mount_point, sizeof(mount_point)))
		finding__set(ret, CHECK_WARNING, "mount -t tracefs tracefs /sys/kernel/tracing",
			     "not mounted: counting does not need it");
	else
		finding__set(ret, CHECK_OK, NULL, "mounted at %s", mount_point);
}

static void look_memlock(const void *row, const struct netdev *netdev, struct finding *ret)
{
	struct rlimit limit = {};
	bool limited;
	int err = features__memlock(&limited);

	(void)row, (void)netdev;
	getrlimit(RLIMIT_MEMLOCK, &limit);
	if (err)
		finding__set(ret, CHECK_UNKNOWN, PERMISSION, "probing it: %s", strerror(-err));
	else if (!limited)
		finding__set(ret, CHECK_OK, NULL,
			     "BPF memory is counted by control groups, not against RLIMIT_MEMLOCK");
	else if (limit.rlim_max == RLIM_INFINITY || !geteuid())
		finding__set(
			ret, CHECK_OK, NULL,
			"BPF memory counts against RLIMIT_MEMLOCK, which is raised for loading");
	else
		finding__set(ret, CHECK_WARNING, "'ulimit -l unlimited' as root",
			     "BPF memory counts against RLIMIT_MEMLOCK, which is %llu bytes",
			     (unsigned long long)limit.rlim_max);
}

const struct check doctor_system_checks[] = {
	{"kernel", look_kernel, NULL},
	{"configuration", look_configuration, NULL},
	{"bpf", look_permission, NULL},
	{"capabilities", look_capabilities, NULL},
	{"lockdown", look_lockdown, NULL},
	{"unprivileged-bpf", look_setting, &unprivileged},
	{"jit", look_jit, NULL},
	{"jit-hardening", look_setting, &hardening},
	{"statistics", look_setting, &statistics},
	{"memlock", look_memlock, NULL},
	{"btf", look_btf, NULL},
	{"bpffs", look_bpffs, NULL},
	{"tracefs", look_tracefs, NULL},
	{},
};
