// SPDX-License-Identifier: GPL-2.0-only
// interrupt: Ctrl-C and SIGTERM as a flag that loops look at.
#ifndef PKTGEN_INTERRUPT_H
#define PKTGEN_INTERRUPT_H

#include <stdbool.h>

/** interrupt__catch() - from now on the signals only set the flag. */
void interrupt__catch(void);

/** interrupt__pending() - has one arrived? */
bool interrupt__pending(void);

#endif
