// SPDX-License-Identifier: GPL-2.0-only
// sender: ways to send frames on an interface, as rows of a table.
#include "pktgen/send/sender.h"

#include <errno.h>
#include <sched.h>
#include <string.h>

const struct sender *const senders[] = {&sender_live, &sender_xsk, &sender_packet, NULL};
const char *const sender_words[] = {"live", "xsk", "packet", "auto", NULL};

int sender__pin(int cpu, struct errmsg *why)
{
	cpu_set_t set;

	if (cpu == CPU_ANY)
		return 0;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		return errmsg__set(why, -errno, "cannot run on CPU %d: %s", cpu, strerror(errno));
	return 0;
}
