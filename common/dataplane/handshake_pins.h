// SPDX-License-Identifier: GPL-2.0-only
// handshake_pins: the pins of the programs that count completed connections, in a directory.
#ifndef COMMON_DATAPLANE_HANDSHAKE_PINS_H
#define COMMON_DATAPLANE_HANDSHAKE_PINS_H

#include <linux/types.h>
#include <stdbool.h>

#define HANDSHAKE_PIN_PATH_BYTES 256

/* In the order in which they are made. */
enum handshake_pin { PIN_HOOK, PIN_LINK, PIN_SLOT, PIN_PROGRAM, HANDSHAKE_PINS };

/** handshake_pins__path() - the path of a pin. Return: @buf. */
const char *handshake_pins__path(const char *directory, enum handshake_pin pin,
				 char buf[HANDSHAKE_PIN_PATH_BYTES]);

/** handshake_pins__open() - Return: a descriptor owned by the caller, or a negative errno. */
int handshake_pins__open(const char *directory, enum handshake_pin pin);

/** handshake_pins__exist() - true if a directory has them, even if they may not be opened. */
bool handshake_pins__exist(const char *directory);

/**
 * handshake_pins__missed() - the changes of state that a hook missed since it was loaded
 *
 * At most this number of connections were completed and not counted.
 */
__u64 handshake_pins__missed(int hook_fd);

#endif
