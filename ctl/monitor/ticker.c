// SPDX-License-Identifier: GPL-2.0-only
// ticker: periodic deadlines, until a signal asks to end or standard output is closed.
#include "ctl/monitor/ticker.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "common/base/clock.h"

static struct timespec timespec_of(__u64 ns)
{
	return (struct timespec){.tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S};
}

int ticker__open(__u64 interval_ns, struct ticker *ret, struct errmsg *why)
{
	struct itimerspec times = {
		.it_value = timespec_of(clock__now_ns() + interval_ns),
		.it_interval = timespec_of(interval_ns),
	};
	struct ticker ticker = {.timer_fd = -1, .signal_fd = -1};
	sigset_t signals;
	int err;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	ticker.signal_fd = signalfd(-1, &signals, SFD_CLOEXEC);
	ticker.timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (ticker.signal_fd < 0 || ticker.timer_fd < 0 ||
	    timerfd_settime(ticker.timer_fd, TFD_TIMER_ABSTIME, &times, NULL)) {
		err = errmsg__set(why, -errno, "setting a timer: %s", strerror(errno));
		ticker__close(&ticker);
		return err;
	}
	*ret = ticker;
	return 0;
}

static enum ticker_event ticker_signal(const struct ticker *ticker)
{
	struct signalfd_siginfo signal;

	if (!ticker->tells_hangup ||
	    read(ticker->signal_fd, &signal, sizeof(signal)) != sizeof(signal))
		return TICKER_END;
	return signal.ssi_signo == SIGHUP ? TICKER_HANGUP : TICKER_END;
}

enum ticker_event ticker__wait(const struct ticker *ticker, int other_fd)
{
	struct pollfd fds[] = {
		{.fd = ticker->signal_fd, .events = POLLIN},
		/* POLLERR: the other end of the pipe is closed. */
		{.fd = ticker->outlives_reader ? -1 : STDOUT_FILENO},
		{.fd = ticker->timer_fd, .events = POLLIN},
		{.fd = other_fd, .events = POLLIN},
	};
	__u64 expired;

	while (poll(fds, sizeof(fds) / sizeof(fds[0]), -1) < 0) {
		if (errno != EINTR)
			return TICKER_END;
		if (other_fd >= 0)
			return TICKER_READY;
	}
	if (fds[0].revents)
		return ticker_signal(ticker);
	if (fds[1].revents & POLLERR)
		return TICKER_END;
	if (fds[2].revents && read(ticker->timer_fd, &expired, sizeof(expired)) > 0)
		return TICKER_TICK;
	return TICKER_READY;
}

void ticker__close(struct ticker *ticker)
{
	if (ticker->timer_fd >= 0)
		close(ticker->timer_fd);
	if (ticker->signal_fd >= 0)
		close(ticker->signal_fd);
	ticker->timer_fd = ticker->signal_fd = -1;
}
