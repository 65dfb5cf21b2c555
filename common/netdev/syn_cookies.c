// SPDX-License-Identifier: GPL-2.0-only
// syn_cookies: when the kernel gives SYN cookies for its listeners.
#include "common/netdev/syn_cookies.h"

#include <fcntl.h>
#include <stdlib.h>

#include "common/base/pseudofs.h"

int syn_cookies__read(void)
{
	char value[16];
	int err =
		pseudofs__read(AT_FDCWD, "/proc/sys/net/ipv4/tcp_syncookies", value, sizeof(value));

	return err ? err : atoi(value);
}
