// SPDX-License-Identifier: GPL-2.0-only
// stop_signal: SIGINT and SIGTERM as a flag that loops check.
#ifndef COMMON_BASE_STOP_SIGNAL_H
#define COMMON_BASE_STOP_SIGNAL_H

#include <stdbool.h>

/**
 * stop_signal__catch() - from now on these signals only set the flag, and interrupt blocking calls
 *
 * Uses SIGALRM. Threads other than the one that checks the flag must block all three.
 */
void stop_signal__catch(void);

/**
 * stop_signal__release() - from now on these signals end the process
 *
 * For the time in which results are written, perhaps to a pager: a write that a signal interrupts
 * would cut them short. The flag stays.
 */
void stop_signal__release(void);

/** stop_signal__pending() - true once one has arrived. */
bool stop_signal__pending(void);

#endif
