// SPDX-License-Identifier: GPL-2.0-only
// stop_signal: Ctrl-C and SIGTERM as a flag that loops look at.
#include "pktgen/stop_signal.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t pending;

static void note(int signal_number)
{
	(void)signal_number;
	pending = 1;
}

void stop_signal__catch(void)
{
	/* Without SA_RESTART: what waits is to return and see the flag. */
	struct sigaction action = {.sa_handler = note};

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

bool stop_signal__pending(void)
{
	return pending;
}
