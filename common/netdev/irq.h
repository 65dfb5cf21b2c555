// SPDX-License-Identifier: GPL-2.0-only
// irq: which CPUs handle what a network device signals.
#ifndef COMMON_NETDEV_IRQ_H
#define COMMON_NETDEV_IRQ_H

#include <linux/types.h>

struct irq_spread {
	__u32 lines; /* interrupts of the device that have fired */
	__u32 cpus;  /* that handled them */
};

/**
 * irq__read() - how a device's interrupts are spread
 * @interface: its name, in the namespace that /sys shows
 * @ifindex: its index, to be sure that /sys shows the same device
 *
 * Interrupts are found in /proc/interrupts by the name of the interface or of its parent device,
 * which is what drivers put into an interrupt's name.
 *
 * Return: 0 with *@ret set, or a negative errno: -ENODEV for a device that has none.
 */
int irq__read(const char *interface, int ifindex, struct irq_spread *ret);

#endif
