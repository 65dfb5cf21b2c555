// SPDX-License-Identifier: GPL-2.0-only
// unfinished_window: the handshakes that a victim's clients began and did not finish lately.
#include "common/events/unfinished_window.h"

#include <string.h>

#include "common/base/clock.h"

#define WINDOW_NS (DETECT_WINDOW_S * NS_PER_S)

static void window_sums__add(struct window_sums *sums, const struct window_sums *more)
{
	sums->length_ns += more->length_ns;
	sums->syns.at_least += more->syns.at_least;
	sums->syns.at_most += more->syns.at_most;
	sums->closings += more->closings;
	sums->completed += more->completed;
}

static void window_sums__subtract(struct window_sums *sums, const struct window_sums *less)
{
	sums->length_ns -= less->length_ns;
	sums->syns.at_least -= less->syns.at_least;
	sums->syns.at_most -= less->syns.at_most;
	sums->closings -= less->closings;
	sums->completed -= less->completed;
}

static void drop_oldest(struct unfinished_window *window)
{
	window_sums__subtract(&window->sum, &window->slots[0]);
	memmove(&window->slots[0], &window->slots[1], --window->count * sizeof(window->slots[0]));
}

void unfinished_window__add(struct unfinished_window *window, const struct window_sums *interval)
{
	if (!window->count || window->slots[window->count - 1].length_ns >= NS_PER_S)
		window->slots[window->count++] = (struct window_sums){};
	window_sums__add(&window->slots[window->count - 1], interval);
	window_sums__add(&window->sum, interval);
	while (window->sum.length_ns - window->slots[0].length_ns >= WINDOW_NS)
		drop_oldest(window);
}

void unfinished_window__trim(struct unfinished_window *window)
{
	while (window->count && !window->slots[0].syns.at_least)
		drop_oldest(window);
}

static __u64 window_less(__u64 count, __u64 finished)
{
	return count > finished ? count - finished : 0;
}

struct event_bounds unfinished_window__count(const struct unfinished_window *window,
					     enum finished_by *ret_by)
{
	const struct window_sums *sum = &window->sum;
	__u64 finished = sum->closings;

	*ret_by = FINISHED_BY_CLOSINGS;
	if (sum->completed > finished) {
		finished = sum->completed;
		*ret_by = FINISHED_BY_COMPLETED;
	}
	return (struct event_bounds){window_less(sum->syns.at_least, finished),
				     window_less(sum->syns.at_most, finished)};
}

__u64 unfinished_window__length_ns(const struct unfinished_window *window)
{
	return window->sum.length_ns > WINDOW_NS ? window->sum.length_ns : WINDOW_NS;
}
