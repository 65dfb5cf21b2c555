// SPDX-License-Identifier: GPL-2.0-only
// irq: the CPUs that handle the interrupts of a network device.
#ifndef COMMON_NETDEV_IRQ_H
#define COMMON_NETDEV_IRQ_H

#include <linux/types.h>

struct irq_spread {
	__u32 lines; /* interrupt lines that have fired */
	__u32 cpus;  /* distinct CPUs that handled them */
};

/**
 * irq__read() - count a device's interrupt lines and the CPUs that handle them
 * @ifindex: its index: /sys may show a device of the same name in another namespace
 *
 * Drivers name interrupts after the interface or its parent device.
 *
 * Return: 0 with *@ret set, or a negative errno: -ENODEV without a parent device.
 */
int irq__read(const char *interface, int ifindex, struct irq_spread *ret);

#endif
