// SPDX-License-Identifier: GPL-2.0-only
// streams: a profile's stream for a test, which fails where that cannot be had.
#ifndef TESTS_STREAMS_H
#define TESTS_STREAMS_H

#include "pktgen/profiles/profile.h"

/** set_knob() - give a knob a value that it takes. */
void set_knob(struct knobs *knobs, enum knob_id id, const char *text);

/** defaults_of() - a profile's knobs where nothing is asked for. */
struct knobs defaults_of(const struct profile *profile);

/** open_stream() - the frames of a profile with these knobs, for stream__close(). */
struct stream *open_stream(const struct profile *profile, const struct knobs *knobs);

#endif
