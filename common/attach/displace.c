// SPDX-License-Identifier: GPL-2.0-only
// displace: what is not ours comes off an interface, for who insists.
#include "common/attach/displace.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/attach/dispatcher.h"
#include "common/dataplane/dataplane.h"

static int describe_one(__u32 id, char *buf, size_t bytes)
{
	struct program_identity program = {.name = "?"};
	int fd = bpf_prog_get_fd_by_id(id);

	if (fd >= 0) {
		program_identity__read(fd, &program);
		close(fd);
	}
	return snprintf(buf, bytes, "program '%s' (id %u)", program.name, id);
}

void displace__describe(int ifindex, const struct xdp_hook_state *programs,
			char buf[DISPLACE_TEXT_BYTES])
{
	struct dispatcher dispatcher;
	size_t length = 0;

	if (dispatcher__read(ifindex, &dispatcher, NULL) || !dispatcher.count) {
		describe_one(xdp_hook_state__any(programs), buf, DISPLACE_TEXT_BYTES);
		return;
	}
	for (size_t i = 0; i < dispatcher.count && length < DISPLACE_TEXT_BYTES; i++)
		length += snprintf(buf + length, DISPLACE_TEXT_BYTES - length, "%s'%s' (id %u)",
				   !i                          ? "program "
				   : i + 1 == dispatcher.count ? " and "
							       : ", ",
				   dispatcher.components[i].name, dispatcher.components[i].id);
}

static void put_back(struct displaced *displaced)
{
	for (int mode = 0; mode < ATTACH_AUTO; mode++)
		if (displaced->program_fds[mode])
			xdp_hook__swap(displaced->interface, displaced->ifindex, mode,
				       displaced->program_fds[mode], -1, NULL);
}

static void release(struct displaced *displaced)
{
	for (int mode = 0; mode < ATTACH_AUTO; mode++)
		if (displaced->program_fds[mode])
			close(displaced->program_fds[mode]);
	*displaced = (struct displaced){};
}

int displace__all(const char *interface, int ifindex, const struct xdp_hook_state *programs,
		  struct displaced *ret, struct errmsg *why)
{
	struct displaced displaced = {
		.interface = interface, .ifindex = ifindex, .programs = *programs};
	int err = 0, fd;

	for (int mode = 0; !err && mode < ATTACH_AUTO; mode++) {
		if (!programs->program_ids[mode])
			continue;
		fd = bpf_prog_get_fd_by_id(programs->program_ids[mode]);
		if (fd < 0)
			err = errmsg__set(why, fd, "%s: opening program %u by its id: %s",
					  interface, programs->program_ids[mode], strerror(-fd));
		else
			err = xdp_hook__set(interface, ifindex, mode, -1, fd, why);
		if (!err)
			displaced.program_fds[mode] = fd;
		else if (fd >= 0)
			close(fd);
	}
	if (err)
		displace__undo(&displaced);
	else
		*ret = displaced;
	return err;
}

void displace__undo(struct displaced *displaced)
{
	put_back(displaced);
	release(displaced);
}

void displace__finish(struct displaced *displaced)
{
	for (int mode = 0; mode < ATTACH_AUTO; mode++)
		if (displaced->program_fds[mode])
			dispatcher__unpin(displaced->ifindex,
					  displaced->programs.program_ids[mode]);
	release(displaced);
}
