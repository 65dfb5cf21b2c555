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

static void stop_signal_handle(void (*at_stop)(int), void (*at_alarm)(int))
{
	/* Without SA_RESTART, so that blocking calls return and the flag is checked. */
	struct sigaction stop = {.sa_handler = at_stop}, alarm_clock = {.sa_handler = at_alarm};

	sigaction(SIGINT, &stop, NULL);
	sigaction(SIGTERM, &stop, NULL);
	sigaction(SIGALRM, &alarm_clock, NULL);
}

void stop_signal__catch(void)
{
	stop_signal_handle(stop_signal_note, stop_signal_note);
}

void stop_signal__release(void)
{
	/* An alarm that was set may still come, and must neither end nor interrupt anything. */
	stop_signal_handle(SIG_DFL, SIG_IGN);
}

bool stop_signal__pending(void)
{
	return pending;
}
