// SPDX-License-Identifier: GPL-2.0-only
// patient_syns: TCP waits longer than one second before it repeats a SYN or SYN-ACK.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define WAIT_JIFFIES 5000 /* 20 seconds, or 5 where HZ is 1000 */

SEC("sockops")
int patient_syns(struct bpf_sock_ops *call)
{
	call->reply = call->op == BPF_SOCK_OPS_TIMEOUT_INIT ? WAIT_JIFFIES : -1;
	return 1;
}

char LICENSE[] SEC("license") = "GPL";
