// SPDX-License-Identifier: GPL-2.0-only
// stop_signal: Ctrl-C and SIGTERM as a flag that loops look at.
#ifndef PKTGEN_STOP_SIGNAL_H
#define PKTGEN_STOP_SIGNAL_H

#include <stdbool.h>

/** interrupt__catch() - from now on the signals only set the flag. */
void interrupt__catch(void);

/** interrupt__pending() - has one arrived? */
bool interrupt__pending(void);

#endif
