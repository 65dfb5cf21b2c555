// SPDX-License-Identifier: GPL-2.0-only
// streams: open a profile's stream, or fail the test.
#include "tests/streams.h"

#include "tests/unit_test.h"

void set_knob(struct knobs *knobs, enum knob_id id, const char *text)
{
	struct errmsg why = {};

	if (knobs__set(knobs, id, text, &why))
		fail_msg("%s", why.text);
}

struct knobs defaults_of(const struct profile *profile)
{
	struct errmsg why = {};
	struct knobs knobs;

	if (profile__defaults(profile, &knobs, &why))
		fail_msg("%s: %s", profile->name, why.text);
	return knobs;
}

struct stream *open_stream(const struct profile *profile, const struct knobs *knobs)
{
	struct stream *stream = NULL;
	struct errmsg why = {};

	if (stream__open(profile, knobs, &stream, &why))
		fail_msg("%s: %s", profile->name, why.text);
	return stream;
}
