// SPDX-License-Identifier: GPL-2.0-only
// syn_cookies: when the kernel gives SYN cookies for its listeners.
#ifndef COMMON_NETDEV_SYN_COOKIES_H
#define COMMON_NETDEV_SYN_COOKIES_H

#define SYN_COOKIES_SYSCTL "net.ipv4.tcp_syncookies"

/* Its values (ip-sysctl.rst). */
enum syn_cookies { SYN_COOKIES_OFF, SYN_COOKIES_AFTER_OVERFLOW, SYN_COOKIES_ALWAYS };

/** syn_cookies__read() - the setting of this network namespace. Return: or a negative errno. */
int syn_cookies__read(void);

#endif
