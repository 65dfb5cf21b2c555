// SPDX-License-Identifier: GPL-2.0-only
// handshake_pins: the pins of the programs that count completed connections, in a directory.
#include "common/dataplane/handshake_pins.h"

#include <bpf/bpf.h>
#include <stdio.h>
#include <unistd.h>

static const char *const names[HANDSHAKE_PINS] = {
	[PIN_HOOK] = "handshakes_hook",
	[PIN_LINK] = "handshakes_link",
	[PIN_SLOT] = "handshakes_slot",
	[PIN_PROGRAM] = "handshakes_program",
};

const char *handshake_pins__path(const char *directory, enum handshake_pin pin,
				 char buf[HANDSHAKE_PIN_PATH_BYTES])
{
	snprintf(buf, HANDSHAKE_PIN_PATH_BYTES, "%s/%s", directory, names[pin]);
	return buf;
}

int handshake_pins__open(const char *directory, enum handshake_pin pin)
{
	char path[HANDSHAKE_PIN_PATH_BYTES];

	return bpf_obj_get(handshake_pins__path(directory, pin, path));
}

bool handshake_pins__exist(const char *directory)
{
	char path[HANDSHAKE_PIN_PATH_BYTES];

	return !access(handshake_pins__path(directory, PIN_LINK, path), F_OK);
}

__u64 handshake_pins__missed(int hook_fd)
{
	struct bpf_prog_info info = {};
	__u32 info_bytes = sizeof(info);

	if (hook_fd < 0 || bpf_obj_get_info_by_fd(hook_fd, &info, &info_bytes))
		return 0;
	return info.recursion_misses;
}
