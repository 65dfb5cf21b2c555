// SPDX-License-Identifier: GPL-2.0-only
// helper: commands that are programs of their own.
#include "ctl/program/helper.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Relative to the folder of xdpctl's executable: as built, as installed. */
static const char *const folders[] = {".", "../libexec/xdpctl"};
#define N_FOLDERS (sizeof(folders) / sizeof(folders[0]))

/* The folder of this executable, without the symbolic links by which it was found. */
static int own_folder(char folder[PATH_MAX], struct errmsg *why)
{
	ssize_t bytes = readlink("/proc/self/exe", folder, PATH_MAX - 1);

	if (bytes < 0)
		return errmsg__set(why, -errno, "/proc/self/exe: %s", strerror(errno));
	folder[bytes] = '\0';
	*strrchr(folder, '/') = '\0';
	return 0;
}

int helper__exec(const char *name, const char *command, const char **argv, struct errmsg *why)
{
	char folder[PATH_MAX], path[2 * PATH_MAX];
	int err = own_folder(folder, why);

	if (err)
		return err;
	for (size_t i = 0; i < N_FOLDERS; i++) {
		snprintf(path, sizeof(path), "%s/%s/%s", folder, folders[i], name);
		execv(path, (char *const *)argv);
		err = -errno;
		if (err != -ENOENT)
			break;
	}
	return errmsg__set(why, err, "%s: cannot run %s: %s: install xdpctl again", command, path,
			   strerror(-err));
}
