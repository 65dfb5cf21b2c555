// SPDX-License-Identifier: GPL-2.0-only
// rcu: wait until BPF programs that were running have ended.
#include "common/bpf/rcu.h"

#include <linux/bpf.h>
#include <linux/membarrier.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * Its expedited variants only interrupt CPUs, which does not wait for anything. Kernels that were
 * booted with nohz_full refuse this one with EINVAL.
 */
static int wait_by_membarrier(void)
{
	return syscall(__NR_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0) ? -errno : 0;
}

/*
 * A system call that updates a map of maps returns when no program can use the map that was
 * replaced: it waits for a grace period, since Linux 4.20 (maybe_wait_bpf_programs()).
 */
static int wait_by_map_of_maps(void)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts);
	int inner_fd, outer_fd, err;
	__u32 zero = 0;

	inner_fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, NULL, sizeof(zero), sizeof(zero), 1, NULL);
	if (inner_fd < 0)
		return inner_fd;
	opts.inner_map_fd = inner_fd;
	outer_fd = bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, NULL, sizeof(zero), sizeof(zero), 1,
				  &opts);
	err = outer_fd < 0 ? outer_fd : bpf_map_update_elem(outer_fd, &zero, &inner_fd, BPF_ANY);
	if (outer_fd >= 0)
		close(outer_fd);
	close(inner_fd);
	return err;
}

int rcu__synchronize(void)
{
	return wait_by_membarrier() ? wait_by_map_of_maps() : 0;
}
