// SPDX-License-Identifier: GPL-2.0-only
// progress: a bar with the remaining time of a long command, on terminals only.
#include "common/base/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "common/base/clock.h"

#define INTERVAL_NS 100000000ull
#define BAR_WIDTH 30

void progress__start(struct progress *progress, const char *what, __u64 total)
{
	__u64 now_ns = clock__now_ns();

	*progress = (struct progress){
		.shown = total && isatty(STDERR_FILENO),
		.what = what,
		.total = total,
		.start_ns = now_ns,
		.next_ns = now_ns + INTERVAL_NS,
	};
}

void progress__update(struct progress *progress, __u64 done)
{
	__u64 now_ns = progress->shown ? clock__now_ns() : 0;
	double part, elapsed_s;
	int filled;

	if (now_ns < progress->next_ns || !progress->shown || !done)
		return;
	progress->next_ns = now_ns + INTERVAL_NS;
	progress->drawn = true;
	part = done < progress->total ? (double)done / progress->total : 1;
	elapsed_s = (now_ns - progress->start_ns) / 1e9;
	filled = BAR_WIDTH * part;
	fprintf(stderr, "\r%s [%.*s%*s] %3.0f %%, %.0f s left  ", progress->what, filled,
		"##############################", BAR_WIDTH - filled, "", 100 * part,
		elapsed_s / part - elapsed_s);
}

void progress__end(struct progress *progress)
{
	if (progress->drawn)
		fprintf(stderr, "\r%79s\r", "");
	progress->drawn = false;
}
