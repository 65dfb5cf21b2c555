// SPDX-License-Identifier: GPL-2.0-only
// stop_signal: SIGINT and SIGTERM as a flag that loops check.
#include "common/base/stop_signal.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static volatile sig_atomic_t pending;

static void stop_signal_note(int signal_number)
{
	(void)signal_number;
	pending = 1;
	/* For a blocking call that began after the flag was checked and before it was set. */
	alarm(1);
}

void stop_signal__catch(void)
{
	/* Without SA_RESTART, so that blocking calls return and the flag is checked. */
	struct sigaction action = {.sa_handler = stop_signal_note};

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGALRM, &action, NULL);
}

bool stop_signal__pending(void)
{
	return pending;
}
