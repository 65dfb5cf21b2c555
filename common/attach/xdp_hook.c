// SPDX-License-Identifier: GPL-2.0-only
// xdp_hook: attach and detach a program at one of the XDP hooks of an interface.
#include "common/attach/xdp_hook.h"

#include <linux/if_link.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/advice.h"
#include "common/bpf/libbpf_log.h"
#include "common/bpf/prog_info.h"
#include "common/bpf/rcu.h"
#include "common/netdev/netdev.h"

const char *const attach_mode_names[] = {
	[ATTACH_NATIVE] = "native", [ATTACH_GENERIC] = "generic", [ATTACH_OFFLOAD] = "offload",
	[ATTACH_AUTO] = "auto",     [ATTACH_NONE] = NULL,
};

const char *attach_mode__option(enum attach_mode mode)
{
	return mode == ATTACH_GENERIC ? " -m generic" : mode == ATTACH_OFFLOAD ? " -m offload" : "";
}

static const __u32 mode_flags[] = {
	[ATTACH_NATIVE] = XDP_FLAGS_DRV_MODE,
	[ATTACH_GENERIC] = XDP_FLAGS_SKB_MODE,
	[ATTACH_OFFLOAD] = XDP_FLAGS_HW_MODE,
};

/* "peer MTU 9000 is above 3506": figures that the kernel's message does not give. */
static void describe_mtu(const struct netdev *netdev, char *buf, size_t buf_bytes)
{
	__u32 limit = netdev__peer_mtu_limit(netdev);

	if (limit && netdev->peer_mtu > limit)
		snprintf(buf, buf_bytes, "peer MTU %u is above %u", netdev->peer_mtu, limit);
	else if (!limit)
		snprintf(buf, buf_bytes, "MTU %u is too large", netdev->mtu);
}

int xdp_hook__query(int ifindex, struct xdp_hook_state *ret, struct errmsg *why)
{
	struct netdev_programs programs;
	int err = netdev__programs(ifindex, &programs);

	if (err)
		return errmsg__set(why, err, "interface %d: cannot query its XDP program: %s",
				   ifindex, strerror(-err));
	*ret = (struct xdp_hook_state){.program_ids = {
					       [ATTACH_NATIVE] = programs.native_id,
					       [ATTACH_GENERIC] = programs.generic_id,
					       [ATTACH_OFFLOAD] = programs.offload_id,
				       }};
	return 0;
}

enum attach_mode xdp_hook_state__mode_of(const struct xdp_hook_state *state, __u32 program_id)
{
	for (int mode = 0; program_id && mode < ATTACH_AUTO; mode++)
		if (state->program_ids[mode] == program_id)
			return mode;
	return ATTACH_NONE;
}

__u32 xdp_hook_state__any(const struct xdp_hook_state *state)
{
	for (int mode = 0; mode < ATTACH_AUTO; mode++)
		if (state->program_ids[mode])
			return state->program_ids[mode];
	return 0;
}

static int explain(const char *interface, enum attach_mode mode, const char *verb, int err,
		   struct errmsg *why)
{
	const char *reason = libbpf_log__reason();
	char advice[ADVICE_BYTES], facts[64] = "";
	struct netdev netdev;

	advice__find(ADVICE_ATTACH, err, reason, interface, advice);
	if ((strstr(reason, "MTU") || strstr(reason, "too large")) &&
	    !netdev__read(interface, &netdev, NULL))
		describe_mtu(&netdev, facts, sizeof(facts));
	reason = reason[0] ? reason : LIBBPF_STRERROR(err);
	return errmsg__set(why, err, "%s: %s %s: %s%s%s%s%s%s", interface, verb,
			   attach_mode_names[mode], facts, facts[0] ? " (" : "", reason,
			   facts[0] ? ")" : "", advice[0] ? ": " : "", advice);
}

static int xdp_hook_verify(const char *interface, int ifindex, enum attach_mode mode,
			   int program_fd, struct errmsg *why)
{
	struct program_identity program = {};
	struct xdp_hook_state state;
	int err = xdp_hook__query(ifindex, &state, why);

	if (!err && program_fd >= 0)
		err = program_identity__read(program_fd, &program);
	if (err)
		return err;
	if (state.program_ids[mode] == program.id)
		return 0;
	return errmsg__set(why, -EIO,
			   "%s: the kernel accepted the change, but program %u runs in %s mode, "
			   "not %u: see 'xdpctl status'",
			   interface, state.program_ids[mode], attach_mode_names[mode], program.id);
}

int xdp_hook__swap(const char *interface, int ifindex, enum attach_mode mode, int program_fd,
		   int expected_fd, struct errmsg *why)
{
	LIBBPF_OPTS(bpf_xdp_attach_opts, opts, .old_prog_fd = expected_fd);
	__u32 flags = mode_flags[mode];
	bool fresh = expected_fd < 0;
	int err;

	libbpf_log__clear();
	if (fresh)
		flags |= XDP_FLAGS_UPDATE_IF_NOEXIST;
	err = bpf_xdp_attach(ifindex, program_fd, flags, fresh ? NULL : &opts);
	if (err)
		return explain(interface, mode, program_fd < 0 ? "detach" : "attach", err, why);
	return 0;
}

int xdp_hook__set(const char *interface, int ifindex, enum attach_mode mode, int program_fd,
		  int expected_fd, struct errmsg *why)
{
	int err = xdp_hook__swap(interface, ifindex, mode, program_fd, expected_fd, why);

	return err ?: xdp_hook_verify(interface, ifindex, mode, program_fd, why);
}

int xdp_hook__settle(const char *interface, struct errmsg *why)
{
	int err = rcu__synchronize();

	if (!err)
		return 0;
	return errmsg__set(why, err, "%s: waiting for the replaced program to end: %s", interface,
			   strerror(-err));
}
