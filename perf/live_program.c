// SPDX-License-Identifier: GPL-2.0-only
// live_program: attach one of the lab's programs to an interface until a signal arrives.
#include "perf/live_program.h"

#include <linux/if_link.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/bpf/libbpf_log.h"
#include "common/bpf/object_prog.h"
#include "perf/lab.h"
#include "perf/progmap.h"

static int wait_for_signal(void)
{
	sigset_t signals;
	int number;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	puts("ready");
	fflush(stdout);
	return -sigwait(&signals, &number);
}

static int live_program_print(int program_fd, struct errmsg *why)
{
	int err, fd = progmap__open(program_fd, LAB_COUNTERS_MAP);
	struct lab_counters counters;
	unsigned long long packets = 0;

	err = fd < 0 ? fd
		     : progmap__sum_cpus(fd, sizeof(counters) / sizeof(__u64), (__u64 *)&counters);
	if (fd >= 0)
		close(fd);
	if (err)
		return errmsg__set(why, err, "reading the counters: %s", strerror(-err));
	for (int i = 0; i < CLASS_COUNT; i++)
		packets += counters.classes[i];
	printf("{\"packets\": %llu, \"syns\": %llu}\n", packets, counters.classes[CLASS_SYN]);
	return 0;
}

int live_program__run(const char *object, const char *interface, struct errmsg *why)
{
	const __u32 flags = XDP_FLAGS_DRV_MODE | XDP_FLAGS_UPDATE_IF_NOEXIST;
	int ifindex = if_nametoindex(interface), err;
	struct object_prog *prog = NULL;

	if (!ifindex)
		return errmsg__set(why, -errno, "%s: %s", interface, strerror(errno));
	err = object_prog__load(object, -1, &prog, why);
	if (err)
		return err;
	libbpf_log__clear();
	err = bpf_xdp_attach(ifindex, object_prog__program_fd(prog), flags, NULL);
	if (err) {
		errmsg__set(why, err, "%s: attaching %s: %s %s", interface, object,
			    LIBBPF_STRERROR(err), libbpf_log__reason());
		goto out;
	}
	err = wait_for_signal();
	bpf_xdp_detach(ifindex, XDP_FLAGS_DRV_MODE, NULL);
	if (!err)
		err = live_program_print(object_prog__program_fd(prog), why);
out:
	object_prog__close(prog);
	return err;
}
