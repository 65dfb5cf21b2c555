// SPDX-License-Identifier: GPL-2.0-only
// rcu: wait until BPF programs that were running have ended.
#ifndef COMMON_BPF_RCU_H
#define COMMON_BPF_RCU_H

/**
 * rcu__synchronize() - wait for a grace period of RCU
 *
 * XDP programs run under RCU: on return, none runs that started before the call.
 *
 * Return: 0, or a negative errno if this kernel offers no way to wait.
 */
int rcu__synchronize(void);

#endif
