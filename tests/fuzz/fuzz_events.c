// SPDX-License-Identifier: GPL-2.0-only
// fuzz_events: arbitrary bytes as events.yaml, as a line of the journal, and as saved attacks.
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/events/detector.h"
#include "common/events/events_config.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/memory_file.h"

static void read_as_config(const __u8 *data, size_t size)
{
	const char *path = memory_file__path();
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	struct events_config config;
	struct errmsg why = {};

	MUST(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	close(fd);
	if (events_config__read(path, &config, &why)) {
		MUST(why.text[0]);
		return;
	}
	for (size_t i = 0; i < config.detect.count; i++)
		MUST(config.detect.rules[i].thresholds.below_pps <
		     config.detect.rules[i].thresholds.above_pps);
	events_config__free(&config);
}

/* What was read is written so that it is read as the same. */
static void read_as_event(const __u8 *data, size_t size)
{
	char line[EVENT_MAX_BYTES], again[EVENT_MAX_BYTES];
	struct errmsg why = {};
	struct event event, read;

	if (event__read((const char *)data, size, &event, &why)) {
		MUST(why.text[0]);
		return;
	}
	event__summarize(&event);
	if (event__write(&event, line) < 0)
		return;
	MUST(!event__read(line, strlen(line), &read, &why));
	MUST(event__write(&read, again) > 0);
	MUST(!strcmp(line, again));
}

static void ignore_event(void *context, const struct event *event)
{
	(void)context, (void)event;
}

static void read_as_attacks(const __u8 *data, size_t size)
{
	const struct detector_origin origin = {
		.interface = "eth0", .gateway = "gw", .nominal_ns = NS_PER_S};
	const struct detect_rules rules = detect_rules__defaults();
	const struct detector_interval interval = {.time_ns = 1, .interval_ns = NS_PER_S};
	struct errmsg why = {};
	struct event_cap cap;
	struct detector *detector;

	event_cap__start(&cap);
	detector = detector__new(&origin, &rules, &cap, ignore_event, NULL);
	MUST(detector);
	if (detector__restore(detector, (const char *)data, size, &why)) {
		MUST(why.text[0] && !cap.attacks);
	} else {
		free(detector__save(detector));
		MUST(!detector__feed(detector, &interval));
	}
	detector__free(detector);
	MUST(!cap.attacks);
}

int LLVMFuzzerTestOneInput(const __u8 *data, size_t size)
{
	read_as_config(data, size);
	read_as_event(data, size);
	read_as_attacks(data, size);
	return 0;
}
