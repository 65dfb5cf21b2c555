// SPDX-License-Identifier: GPL-2.0-only
// displace: detach other XDP programs when --force is given.
#include "common/attach/displace.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/attach/dispatcher.h"
#include "common/bpf/prog_info.h"

static int describe_program(__u32 id, char *buf, size_t bytes)
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
		describe_program(xdp_hook_state__any(programs), buf, DISPLACE_TEXT_BYTES);
		return;
	}
	for (size_t i = 0; i < dispatcher.count && length < DISPLACE_TEXT_BYTES; i++)
		length += snprintf(buf + length, DISPLACE_TEXT_BYTES - length, "%s'%s' (id %u)",
				   !i                          ? "program "
				   : i + 1 == dispatcher.count ? " and "
							       : ", ",
				   dispatcher.components[i].name, dispatcher.components[i].id);
}

static void attach_again(struct displaced *displaced)
{
	for (int mode = 0; mode < ATTACH_AUTO; mode++)
		if (displaced->program_fds[mode])
			xdp_hook__swap(displaced->interface, displaced->ifindex, mode,
				       displaced->program_fds[mode], -1, NULL);
}

static void displace_release(struct displaced *displaced)
{
	for (int mode = 0; mode < ATTACH_AUTO; mode++)
		if (displaced->program_fds[mode])
			close(displaced->program_fds[mode]);
	*displaced = (struct displaced){};
}

int displace__refuse(const char *interface, const char *verb, const char *others,
		     struct errmsg *why)
{
	return errmsg__set(why, -EBUSY, "%s: %s: another %s is attached; use --force to detach it",
			   interface, verb, others);
}

/* Detaches the program of one hook. Return: its file descriptor, or a negative errno. */
static int displace_one(const char *interface, int ifindex, enum attach_mode mode, __u32 id,
			struct errmsg *why)
{
	int err, fd = bpf_prog_get_fd_by_id(id);

	if (fd < 0)
		return errmsg__set(why, fd, "%s: cannot open program %u by its id: %s", interface,
				   id, strerror(-fd));
	err = xdp_hook__set(interface, ifindex, mode, -1, fd, why);
	if (!err)
		return fd;
	close(fd);
	return err;
}

int displace__all(const char *interface, int ifindex, const struct xdp_hook_state *programs,
		  struct displaced *ret, struct errmsg *why)
{
	struct displaced displaced = {
		.interface = interface, .ifindex = ifindex, .programs = *programs};
	int fd;

	for (int mode = 0; mode < ATTACH_AUTO; mode++) {
		if (!programs->program_ids[mode])
			continue;
		fd = displace_one(interface, ifindex, mode, programs->program_ids[mode], why);
		if (fd < 0) {
			displace__undo(&displaced);
			return fd;
		}
		displaced.program_fds[mode] = fd;
	}
	*ret = displaced;
	return 0;
}

void displace__undo(struct displaced *displaced)
{
	attach_again(displaced);
	displace_release(displaced);
}

void displace__finish(struct displaced *displaced)
{
	for (int mode = 0; mode < ATTACH_AUTO; mode++)
		if (displaced->program_fds[mode])
			dispatcher__unpin(displaced->ifindex,
					  displaced->programs.program_ids[mode]);
	displace_release(displaced);
}
