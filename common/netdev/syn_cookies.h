// SPDX-License-Identifier: GPL-2.0-only
// syn_cookies: when the kernel gives SYN cookies for its listeners, and what they can carry.
#ifndef COMMON_NETDEV_SYN_COOKIES_H
#define COMMON_NETDEV_SYN_COOKIES_H

#include <linux/types.h>
#include <stdbool.h>

#define SYN_COOKIES_SYSCTL "net.ipv4.tcp_syncookies"
#define TIMESTAMPS_SYSCTL "net.ipv4.tcp_timestamps"

/* Their values (ip-sysctl.rst). */
enum syn_cookies { SYN_COOKIES_OFF, SYN_COOKIES_AFTER_OVERFLOW, SYN_COOKIES_ALWAYS };
enum tcp_timestamps { TIMESTAMPS_OFF, TIMESTAMPS_WITH_OFFSET, TIMESTAMPS_WITHOUT_OFFSET };

/* Of a SYN cookie, besides the MSS. */
struct syn_cookie_options {
	bool timestamps; /* the others need them */
	bool sack, ecn, window_scaling;
	__u8 window_scale; /* of listeners that have not set their receive buffer */
};

/** syn_cookies__read() - the setting of this network namespace. Return: or a negative errno. */
int syn_cookies__read(void);

/** syn_cookies__timestamps() - enum tcp_timestamps of this namespace. Return: or a negative errno.
 */
int syn_cookies__timestamps(void);

/** syn_cookies__read_options() - what the kernel of this namespace would find in a cookie's echo. A
 * setting that cannot be read is off. */
void syn_cookies__read_options(struct syn_cookie_options *ret);

#endif
