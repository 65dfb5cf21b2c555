// SPDX-License-Identifier: GPL-2.0-only
// send_options: the options that all sending commands share.
#include "pktgen/send/send_options.h"

#include <errno.h>
#include <sched.h>
#include <string.h>

#include "common/base/cli.h"
#include "common/base/number.h"

#define MAX_CPU (CPU_SETSIZE - 1)

static char *sender_text = "auto";
static char *rate_text;
static char *duration_text;
static char *cpu_text;
static char *batch_text = "64"; /* the kernel's own batch of live frames */
static int any_network;

const struct poptOption send_common_options[] = {
	{"sender", '\0', POPT_ARG_STRING, &sender_text, 0,
	 "auto: the first of them that works; below 100000 PPS packet", "live|xsk|packet|auto"},
	{"rate", '\0', POPT_ARG_STRING, &rate_text, 0, "frames a second (default: no limit)",
	 "PPS"},
	{"duration", '\0', POPT_ARG_STRING, &duration_text, 0, "stop after so many seconds", "S"},
	{"cpu", '\0', POPT_ARG_STRING, &cpu_text, 0,
	 "where the kernel's side works, and after a comma the generator", "A[,B]"},
	{"batch", '\0', POPT_ARG_STRING, &batch_text, 0,
	 "frames handed over at a time (default: 64)", "N"},
	{"i-own-this-network", '\0', POPT_ARG_NONE, &any_network, 0,
	 "send even where a default route leads", NULL},
	CLI_OPTIONS_END,
};

static int check_cpu(__u64 cpu, struct errmsg *why)
{
	cpu_set_t allowed;

	if (sched_getaffinity(0, sizeof(allowed), &allowed) || CPU_ISSET(cpu, &allowed))
		return 0;
	return errmsg__set(why, -EINVAL, "--cpu: CPU %llu does not exist or is not allowed", cpu);
}

static int read_cpus(int *ret_kernel, int *ret_generator, struct errmsg *why)
{
	char text[16];
	__u64 kernel, generator;
	char *comma;
	int err;

	*ret_kernel = *ret_generator = CPU_ANY;
	if (!cpu_text)
		return 0;
	if (strlen(cpu_text) >= sizeof(text))
		return errmsg__usage(why, "--cpu: '%s' is not A or A,B", cpu_text);
	strcpy(text, cpu_text);
	comma = strchr(text, ',');
	if (comma)
		*comma = '\0';
	err = number__u64("--cpu", text, 0, MAX_CPU, &kernel, why);
	if (!err && comma)
		err = number__u64("--cpu", comma + 1, 0, MAX_CPU, &generator, why);
	if (err)
		return err;
	err = check_cpu(kernel, why);
	if (!err && comma)
		err = check_cpu(generator, why);
	if (err)
		return err;
	*ret_kernel = kernel;
	if (comma)
		*ret_generator = generator;
	return 0;
}

static int read_numbers(struct transmit_plan *plan, struct errmsg *why)
{
	__u64 batch, duration_s = 0;
	int err = number__u64("--batch", batch_text, 1, SENDER_MAX_BATCH, &batch, why);

	if (!err && rate_text)
		err = number__u64("--rate", rate_text, 1, MAX_RATE_PPS, &plan->rate_pps, why);
	if (!err && duration_text)
		err = number__u64("--duration", duration_text, 1, MAX_DURATION_S, &duration_s, why);
	if (err)
		return err;
	plan->batch = batch;
	plan->duration_ns = duration_s * 1000000000ull;
	return 0;
}

int send_options__read(const char *interface, struct iface *ret_iface, struct transmit_plan *ret,
		       struct errmsg *why)
{
	struct transmit_plan plan = {.iface = ret_iface};
	int err = read_numbers(&plan, why);

	if (!err)
		err = sender__find(sender_text, &plan.sender, why);
	if (!err)
		err = read_cpus(&plan.kernel_cpu, &plan.generator_cpu, why);
	if (!err)
		err = iface__find(interface, any_network, ret_iface, why);
	if (!err)
		*ret = plan;
	return err;
}
