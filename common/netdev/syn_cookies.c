// SPDX-License-Identifier: GPL-2.0-only
// syn_cookies: when the kernel gives SYN cookies for its listeners, and what they can carry.
#include "common/netdev/syn_cookies.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/pseudofs.h"

#define SYSCTL_DIRECTORY "/proc/sys/net/"
#define MAX_WINDOW 65535 /* without scaling */
#define MAX_WINDOW_SCALE 14

/* Return: or a negative errno. */
static int read_sysctl(const char *name, char *value, size_t value_bytes)
{
	char path[64];

	snprintf(path, sizeof(path), SYSCTL_DIRECTORY "%s", name);
	return pseudofs__read(AT_FDCWD, path, value, value_bytes);
}

static int sysctl_number(const char *name)
{
	char value[16];
	int err = read_sysctl(name, value, sizeof(value));

	return err ? err : atoi(value);
}

int syn_cookies__read(void)
{
	return sysctl_number("ipv4/tcp_syncookies");
}

int syn_cookies__timestamps(void)
{
	return sysctl_number("ipv4/tcp_timestamps");
}

/* The largest receive buffer, as of tcp_select_initial_window(). Other network namespaces than the
 * first one may not show rmem_max: the scale may then be less than a listener's, never more. */
static unsigned long largest_window(void)
{
	unsigned long min, normal, max = 0;
	int rmem_max = sysctl_number("core/rmem_max");
	char value[64];

	if (read_sysctl("ipv4/tcp_rmem", value, sizeof(value)) ||
	    sscanf(value, "%lu %lu %lu", &min, &normal, &max) != 3)
		return 0;
	return rmem_max > 0 && (unsigned long)rmem_max > max ? (unsigned long)rmem_max : max;
}

static unsigned int scale_of(unsigned long window)
{
	unsigned int scale = 0;

	while (window >> scale > MAX_WINDOW && scale < MAX_WINDOW_SCALE)
		scale++;
	return scale;
}

void syn_cookies__read_options(struct syn_cookie_options *ret)
{
	*ret = (struct syn_cookie_options){};
	if (syn_cookies__timestamps() != TIMESTAMPS_WITHOUT_OFFSET)
		return;
	ret->timestamps = true;
	ret->sack = sysctl_number("ipv4/tcp_sack") > 0;
	ret->ecn = sysctl_number("ipv4/tcp_ecn") > 0;
	ret->window_scaling = sysctl_number("ipv4/tcp_window_scaling") > 0;
	ret->window_scale = scale_of(largest_window());
}
