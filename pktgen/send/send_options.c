// SPDX-License-Identifier: GPL-2.0-only
// send_options: the options that all sending commands share.
#include "pktgen/send/send_options.h"

#include <errno.h>
#include <sched.h>
#include <string.h>

#include "common/base/number.h"

#define MAX_CPU (CPU_SETSIZE - 1)

static int check_cpu(__u64 cpu, struct errmsg *why)
{
	cpu_set_t allowed;

	if (sched_getaffinity(0, sizeof(allowed), &allowed) || CPU_ISSET(cpu, &allowed))
		return 0;
	return errmsg__set(why, -EINVAL, "--cpu: CPU %llu does not exist or is not allowed", cpu);
}

static int parse_cpu(const char *what, const char *text, int *ret, struct errmsg *why)
{
	__u64 cpu;
	int err = number__u64(what, text, 0, MAX_CPU, &cpu, why);

	if (!err)
		err = check_cpu(cpu, why);
	if (!err)
		*ret = cpu;
	return err;
}

/* "any", "2" or "2,3". */
static int parse_cpus(const char *what, const char *text, void *value, struct errmsg *why)
{
	struct send_cpus cpus = {CPU_ANY, CPU_ANY};
	char copy[16];
	char *comma;
	int err = 0;

	if (strlen(text) >= sizeof(copy))
		return errmsg__usage(why, "%s: '%s' is not A or A,B", what, text);
	strcpy(copy, text);
	comma = strchr(copy, ',');
	if (comma)
		*comma = '\0';
	if (comma || strcmp(text, "any"))
		err = parse_cpu(what, copy, &cpus.kernel, why);
	if (!err && comma)
		err = parse_cpu(what, comma + 1, &cpus.generator, why);
	if (!err)
		*(struct send_cpus *)value = cpus;
	return err;
}

const struct option_row send_common_options[] = {
	{OPTION_CHOICE(struct send_options, sender), .name = "sender", .words = sender_words,
	 .fallback = "auto", .help = "auto: the first one that works; packet below 100000 PPS"},
	{OPTION_NUMBER(struct send_options, rate_pps), .name = "rate", .argument = "PPS", .min = 1,
	 .max = MAX_RATE_PPS, .unset = "no limit", .help = "frames per second"},
	{OPTION_SECONDS(struct send_options, duration_ns), .name = "duration",
	 .argument = "SECONDS", .min = 1, .max = MAX_DURATION_S, .help = "stop after SECONDS"},
	{OPTION_PARSED(struct send_options, cpus), .name = "cpu", .argument = "A[,B]",
	 .parse = parse_cpus, .fallback = "any",
	 .help = "CPU for the kernel's side, and after a comma for the generator"},
	{OPTION_NUMBER(struct send_options, batch), .name = "batch", .argument = "N", .min = 1,
	 .max = SENDER_MAX_BATCH, .fallback = "64", .help = "hand over N frames at a time"},
	{OPTION_FLAG(struct send_options, any_network), .name = "i-own-this-network",
	 .help = "send even where a default route leads"},
	{},
};

int send_options__read(const struct send_options *options, const char *interface,
		       struct iface *ret_iface, struct transmit_plan *ret, struct errmsg *why)
{
	int err = iface__find(interface, options->any_network, ret_iface, why);

	if (err)
		return err;
	*ret = (struct transmit_plan){
		.iface = ret_iface,
		.sender = senders[options->sender],
		.batch = options->batch,
		.kernel_cpu = options->cpus.kernel,
		.generator_cpu = options->cpus.generator,
		.rate_pps = options->rate_pps,
		.duration_ns = options->duration_ns,
	};
	return 0;
}
