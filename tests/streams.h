// SPDX-License-Identifier: GPL-2.0-only
// streams: open a profile's stream, or fail the test.
#ifndef TESTS_STREAMS_H
#define TESTS_STREAMS_H

#include "pktgen/profiles/profile.h"

/** set_knob() - set a knob to a valid value. */
void set_knob(struct knobs *knobs, enum knob_id id, const char *text);

/** defaults_of() - the default knobs of a profile. */
struct knobs defaults_of(const struct profile *profile);

/** open_stream() - open a stream; the caller closes it with stream__close(). */
struct stream *open_stream(const struct profile *profile, const struct knobs *knobs);

#endif
