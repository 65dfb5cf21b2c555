// SPDX-License-Identifier: GPL-2.0-only
// checks_system: checks of the kernel, its settings and this process's permissions.
#include <linux/capability.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "common/base/pseudofs.h"
#include "common/base/subprocess.h"
#include "common/bpf/features.h"
#include "common/dataplane/possible_cpus.h"
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

/* The kernel's configuration: from /proc, or from /boot, where distributions install it. */
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
		finding__set(ret, CHECK_UNKNOWN, NULL,
			     "neither in /proc/config.gz nor in /boot; the checks below probe what "
			     "matters");
		return;
	}
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (!strstr(configuration, options[i]))
			used += snprintf(missing + used, sizeof(missing) - used, "%s%.*s",
					 used ? ", " : "", (int)strlen(options[i]) - 2, options[i]);
	if (used)
		finding__set(ret, CHECK_WARNING, "use a kernel built with it", "not built with %s",
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
		finding__set(ret, CHECK_PROBLEM, "use Linux 5.10 or newer, with CONFIG_BPF_SYSCALL",
			     "loading an XDP program: %s", strerror(-fd));
	}
}

static __u64 read_capabilities(void)
{
	unsigned long long held = 0;
	char line[128];
	FILE *file = fopen("/proc/self/status", "re");

	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file))
		sscanf(line, "CapEff: %llx", &held);
	fclose(file);
	return held;
}

static void look_capabilities(const void *row, const struct netdev *netdev, struct finding *ret)
{
	/* CAP_SYS_ADMIN includes some of the others. */
	static const struct {
		const char *name;
		int number;
		bool in_sys_admin;
	} needed[] = {
		{"CAP_NET_ADMIN", CAP_NET_ADMIN, false},
		{"CAP_BPF", CAP_BPF, true},
		{"CAP_PERFMON", CAP_PERFMON, true},
	};
	__u64 held = read_capabilities();
	bool admin = held >> CAP_SYS_ADMIN & 1;
	char missing[64] = "";
	size_t used = 0;

	(void)row, (void)netdev;
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (!(held >> needed[i].number & 1) && !(admin && needed[i].in_sys_admin))
			used += snprintf(missing + used, sizeof(missing) - used, "%s%s",
					 used ? ", " : "", needed[i].name);
	if (used)
		finding__set(ret, CHECK_PROBLEM, PERMISSION, "without %s", missing);
	else if (!admin)
		finding__set(ret, CHECK_WARNING, "run as root",
			     "without CAP_SYS_ADMIN: programs cannot be opened by id, and bpffs "
			     "cannot be mounted");
	else
		finding__set(ret, CHECK_OK, NULL, "all that xdpctl needs");
}

static void look_jit(const void *row, const struct netdev *netdev, struct finding *ret)
{
	char setting[16] = "";
	__u32 bytes = 0;
	int err = features__jit(&bytes);

	(void)row, (void)netdev;
	/* Exists in the initial network namespace only. */
	pseudofs__read(AT_FDCWD, "/proc/sys/net/core/bpf_jit_enable", setting, sizeof(setting));
	if (setting[0] == '2')
		finding__set(ret, CHECK_WARNING, "sysctl net.core.bpf_jit_enable=1",
			     "on, and every program is dumped to the kernel log");
	else if (bytes)
		finding__set(ret, CHECK_OK, NULL,
			     "on: 2 instructions compile to %u bytes of machine code", bytes);
	else if (setting[0] == '0')
		finding__set(ret, CHECK_WARNING, "sysctl net.core.bpf_jit_enable=1",
			     "off: programs are interpreted, several times slower");
	else if (setting[0] == '1')
		finding__set(ret, CHECK_OK, NULL, "on, by sysctl");
	else
		finding__set(ret, CHECK_UNKNOWN, NULL, "not known: %s",
			     err ? strerror(-err)
				 : "the sysctl is in the initial network namespace");
}

/* A sysctl, and what each of its values means. */
struct setting {
	const char *path;
	struct {
		enum check_state state;
		const char *text; /* NULL: no such value */
		const char *remedy;
	} values[3];
};

static const struct setting hardening = {
	"/proc/sys/net/core/bpf_jit_harden",
	{
		{CHECK_OK, "off", NULL},
		{CHECK_OK, "on for unprivileged users only", NULL},
		{CHECK_WARNING, "on for all programs: constants are blinded, and code is slower",
		 "sysctl net.core.bpf_jit_harden=1"},
	},
};

static const struct setting unprivileged = {
	"/proc/sys/kernel/unprivileged_bpf_disabled",
	{
		{CHECK_WARNING, "any user may load BPF programs, which helps Spectre attacks",
		 "sysctl kernel.unprivileged_bpf_disabled=2"},
		{CHECK_OK, "not permitted until reboot", NULL},
		{CHECK_OK, "not permitted, but an administrator can change it", NULL},
	},
};

static const struct setting statistics = {
	"/proc/sys/kernel/bpf_stats_enabled",
	{
		{CHECK_OK, "off, except during 'xdpctl inspect --stats'", NULL},
		{CHECK_WARNING, "on: each program run reads the clock twice more",
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
		finding__set(ret, CHECK_UNKNOWN, NULL, "%s is %s", setting->path, text);
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
		finding__set(ret, CHECK_OK, NULL, "not in this kernel");
	else if (err)
		finding__set(ret, CHECK_UNKNOWN, "run as root", "cannot read: %s", strerror(-err));
	else if (strstr(text, "[confidentiality]"))
		finding__set(ret, CHECK_WARNING, "boot with lockdown=integrity",
			     "confidentiality: XDP works, tracing does not");
	else if (strstr(text, "[integrity]"))
		finding__set(ret, CHECK_OK, NULL, "integrity: XDP and tracing work");
	else
		finding__set(ret, CHECK_OK, NULL, "none");
}

static void look_btf(const void *row, const struct netdev *netdev, struct finding *ret)
{
	struct stat btf;

	(void)row, (void)netdev;
	if (stat(VMLINUX_BTF, &btf))
		finding__set(ret, CHECK_WARNING, "use a kernel with CONFIG_DEBUG_INFO_BTF",
			     VMLINUX_BTF
			     ": %s: programs cannot be relocated to this kernel (CO-RE)",
			     strerror(errno));
	else
		finding__set(ret, CHECK_OK, NULL, "%lld bytes of kernel types",
			     (long long)btf.st_size);
}

/* A CPU's tables are not protected against two XDP runs that preempt each other there. */
static void look_softirqs(const void *row, const struct netdev *netdev, struct finding *ret)
{
	struct utsname name;
	bool locked;
	int err;

	(void)row, (void)netdev;
	uname(&name);
	if (!strstr(name.version, "PREEMPT_RT")) {
		finding__set(ret, CHECK_OK, NULL, "not preemptible");
		return;
	}
	err = features__softirq_lock(&locked);
	if (err)
		finding__set(ret, CHECK_UNKNOWN, NULL,
			     "PREEMPT_RT, and " VMLINUX_BTF
			     " does not say whether two XDP runs can preempt each other on a CPU");
	else if (locked)
		finding__set(ret, CHECK_OK, NULL,
			     "PREEMPT_RT, with a lock: one XDP run at a time on each CPU");
	else
		finding__set(ret, CHECK_WARNING,
			     "use a kernel with CONFIG_PREEMPT_RT_NEEDS_BH_LOCK",
			     "PREEMPT_RT without a lock: XDP runs that preempt each other on a "
			     "CPU may count a SYN twice, not at all, or for another source");
}

/* An attachment is refused where they cannot be counted: some frames would not be. */
static void look_cpus(const void *row, const struct netdev *netdev, struct finding *ret)
{
	struct possible_cpus cpus;
	struct errmsg why;

	(void)row, (void)netdev;
	if (possible_cpus__read(&cpus, &why))
		finding__set(ret, CHECK_PROBLEM, NULL, "%s", why.text);
	else
		finding__set(ret, CHECK_OK, NULL, "%u possible, with ids up to %u", cpus.count,
			     cpus.rows - 1);
}

static bool is_read_only(const char *mount_point)
{
	struct statvfs fs;

	return !statvfs(mount_point, &fs) && fs.f_flag & ST_RDONLY;
}

static void look_bpffs(const void *row, const struct netdev *netdev, struct finding *ret)
{
	char mount_point[128];
	int err = pseudofs__mount_point("bpf", mount_point, sizeof(mount_point));

	(void)row, (void)netdev;
	if (err)
		finding__set(
			ret, CHECK_WARNING, "mount -t bpf bpf " BPFFS,
			"not mounted: 'xdpctl attach' mounts it, except in 'ip netns exec': use "
			"--netns instead");
	else if (strcmp(mount_point, BPFFS))
		finding__set(ret, CHECK_WARNING, "mount -t bpf bpf " BPFFS,
			     "mounted at %s, but xdpctl pins in " BPFFS, mount_point);
	else if (is_read_only(mount_point))
		finding__set(
			ret, CHECK_WARNING, "mount -o remount,rw " BPFFS,
			"mounted read-only: nothing can be attached, and no pin can be opened");
	else
		finding__set(ret, CHECK_OK, NULL, "mounted at %s", mount_point);
}

static void look_tracefs(const void *row, const struct netdev *netdev, struct finding *ret)
{
	char mount_point[128];

	(void)row, (void)netdev;
	if (pseudofs__mount_point("tracefs", mount_point, sizeof(mount_point)))
		finding__set(ret, CHECK_WARNING, "mount -t tracefs tracefs /sys/kernel/tracing",
			     "not mounted; only the self-test uses it");
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
		finding__set(ret, CHECK_UNKNOWN, PERMISSION, "cannot probe: %s", strerror(-err));
	else if (!limited)
		finding__set(ret, CHECK_OK, NULL,
			     "BPF memory is charged to the control group, not to RLIMIT_MEMLOCK");
	else if (limit.rlim_max == RLIM_INFINITY || !geteuid())
		finding__set(ret, CHECK_OK, NULL,
			     "BPF memory is charged to RLIMIT_MEMLOCK, which xdpctl raises");
	else
		finding__set(ret, CHECK_WARNING, "'ulimit -l unlimited' as root",
			     "BPF memory is charged to RLIMIT_MEMLOCK, which is %llu bytes",
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
	{"cpus", look_cpus, NULL},
	{"softirqs", look_softirqs, NULL},
	{"bpffs", look_bpffs, NULL},
	{"tracefs", look_tracefs, NULL},
	{},
};
