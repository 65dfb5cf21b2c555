// SPDX-License-Identifier: GPL-2.0-only
// stop_signal: Ctrl-C and SIGTERM as a flag that loops look at.
#ifndef PKTGEN_STOP_SIGNAL_H
#define PKTGEN_STOP_SIGNAL_H

#include <stdbool.h>

/** stop_signal__catch() - from now on the signals only set the flag. */
void stop_signal__catch(void);

/** stop_signal__pending() - has one arrived? */
bool stop_signal__pending(void);

#endif
