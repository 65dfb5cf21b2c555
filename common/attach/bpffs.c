// SPDX-License-Identifier: GPL-2.0-only
// bpffs: the BPF file system that pins are made in: find it, or mount it.
#include "common/attach/bpffs.h"

#include <linux/magic.h>
#include <errno.h>
#include <limits.h>
#include <mntent.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "common/base/advice.h"

#define NETNS_NAME_BYTES 64

static bool bpffs_is_mounted(void)
{
	struct statfs fs;

	return !statfs(BPFFS_PATH, &fs) && fs.f_type == BPF_FS_MAGIC;
}

/*
 * `ip netns exec NAME` runs its command in a mount namespace of its own, with a fresh sysfs on /sys
 * whose source is NAME: that hides the host's bpffs, and one mounted there would vanish with the
 * command.
 */
static bool hidden_by_netns_exec(char ret_name[NETNS_NAME_BYTES])
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	struct mntent *mount;
	char path[PATH_MAX];
	bool hidden = false;

	if (!mounts)
		return false;
	while ((mount = getmntent(mounts))) {
		if (strcmp(mount->mnt_dir, "/sys"))
			continue;
		snprintf(path, sizeof(path), "/run/netns/%s", mount->mnt_fsname);
		hidden = !access(path, F_OK);
		snprintf(ret_name, NETNS_NAME_BYTES, "%s", mount->mnt_fsname);
	}
	endmntent(mounts);
	return hidden;
}

int bpffs__check(struct errmsg *why)
{
	char name[NETNS_NAME_BYTES];

	if (bpffs_is_mounted())
		return 0;
	if (!hidden_by_netns_exec(name))
		return errmsg__set(why, -ENOENT, BPFFS_PATH ": no bpffs is mounted");
	return errmsg__set(why, -ENODEV,
			   BPFFS_PATH ": hidden by 'ip netns exec': run 'xdpctl ... --netns %s' "
				      "outside of it",
			   name);
}

int bpffs__mount(struct errmsg *why)
{
	int err = bpffs__check(why);

	if (err != -ENOENT)
		return err;
	if (!mount("bpf", BPFFS_PATH, "bpf", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0755"))
		return 1;
	return advice__set(why, ADVICE_MOUNT_BPFFS, -errno, BPFFS_PATH ": cannot mount bpffs");
}

bool bpffs__is_private(void)
{
	unsigned int major_number, minor_number;
	FILE *mounts = fopen("/proc/1/mountinfo", "re");
	char line[1024];
	struct stat bpffs;
	bool found = !mounts || stat(BPFFS_PATH, &bpffs); /* unknown */

	while (!found && fgets(line, sizeof(line), mounts))
		found = sscanf(line, "%*d %*d %u:%u", &major_number, &minor_number) == 2 &&
			major_number == major(bpffs.st_dev) && minor_number == minor(bpffs.st_dev);
	if (mounts)
		fclose(mounts);
	return !found;
}
