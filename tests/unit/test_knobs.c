// SPDX-License-Identifier: GPL-2.0-only
// test_knobs: knobs that profiles accept and refuse, and invalid values.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "pktgen/profiles/profile.h"
#include "tests/streams.h"
#include "tests/unit_test.h"

/* A valid value for each knob. */
static const char *const fine_values[KNOBS_TOTAL] = {
	[KNOB_COUNT] = "2000000",
	[KNOB_SEED] = "77",
	[KNOB_SRC_MAC] = "02:00:00:00:00:0a",
	[KNOB_DST_MAC] = "ff:ff:ff:ff:ff:ff",
	[KNOB_SOURCES] = "10",
	[KNOB_DISTRIBUTION] = "zipf",
	[KNOB_FAMILY] = "dual",
	[KNOB_VICTIMS] = "3",
	[KNOB_VICTIM] = "192.0.2.1",
	[KNOB_PORT] = "1,2-3",
	[KNOB_SIZE] = "100",
	[KNOB_SPOOFED] = "10",
	[KNOB_HEAVY] = "1:2",
	[KNOB_ORDER] = "last",
	[KNOB_CONCURRENT] = "2",
	[KNOB_TAGS] = "2",
	[KNOB_WEIGHTS] = "imix:1",
};

/* Each profile accepts its own knobs and refuses the others by name. */
static void test_knobs_of_each_profile(void **state)
{
	(void)state;
	for (int i = 0; profiles[i]; i++) {
		for (int id = 0; profiles[i] != &profile_mix && id < KNOBS_TOTAL; id++) {
			__u32 taken = profiles[i]->knobs | KNOBS_OF_ALL;
			struct knobs knobs = defaults_of(profiles[i]);
			struct stream *stream = NULL;
			struct errmsg why = {};
			char dashed[32];
			int err;

			set_knob(&knobs, id, fine_values[id]);
			err = stream__open(profiles[i], &knobs, &stream, &why);
			snprintf(dashed, sizeof(dashed), "--%s", knob_rows[id].option);
			assert_int_equal(err, taken & 1u << id ? 0 : -EINVAL);
			if (err) {
				assert_int_equal(why.exit_code, EXIT_USAGE);
				assert_non_null(strstr(why.text, dashed));
			}
			stream__close(stream);
		}
	}
}

static void test_knobs_of_a_mix(void **state)
{
	struct knobs knobs = defaults_of(&profile_mix);
	struct stream *stream = NULL;
	struct errmsg why = {};

	(void)state;
	set_knob(&knobs, KNOB_WEIGHTS, "imix:1,vlan:2");
	set_knob(&knobs, KNOB_TAGS, "2");
	stream = open_stream(&profile_mix, &knobs);
	stream__close(stream);
	set_knob(&knobs, KNOB_CONCURRENT, "2");
	assert_int_equal(stream__open(&profile_mix, &knobs, &stream, &why), -EINVAL);
	assert_non_null(strstr(why.text, "--concurrent"));
	knobs = defaults_of(&profile_mix);
	set_knob(&knobs, KNOB_WEIGHTS, "mix:1");
	assert_int_equal(stream__open(&profile_mix, &knobs, &stream, &why), -EINVAL);
	set_knob(&knobs, KNOB_WEIGHTS, "nothing:1");
	assert_int_equal(stream__open(&profile_mix, &knobs, &stream, &why), -EINVAL);
}

static void test_bad_values(void **state)
{
	static const struct {
		enum knob_id id;
		const char *text;
	} rows[] = {
		{KNOB_COUNT, "0"},
		{KNOB_COUNT, "4000000001"},
		{KNOB_COUNT, "1e6"},
		{KNOB_SEED, "-1"},
		{KNOB_SRC_MAC, "02:00"},
		{KNOB_SRC_MAC, ""},
		{KNOB_SRC_MAC, "0g:00:00:00:00:00"},
		{KNOB_SRC_MAC, "02:00:00:00:00:000"},
		{KNOB_SOURCES, "0"},
		{KNOB_DISTRIBUTION, "even"},
		{KNOB_FAMILY, "5"},
		{KNOB_VICTIM, "1.2.3"},
		{KNOB_VICTIM, "1.2.3.4/8"},
		{KNOB_VICTIM, ""},
		{KNOB_PORT, ""},
		{KNOB_PORT, "80,"},
		{KNOB_PORT, "65536"},
		{KNOB_PORT, "80-70"},
		{KNOB_PORT, "-"},
		{KNOB_SIZE, "9015"},
		{KNOB_PORT, "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17"},
		{KNOB_HEAVY, "5"},
		{KNOB_HEAVY, "5:"},
		{KNOB_HEAVY, "0:5"},
		{KNOB_ORDER, "random"},
		{KNOB_CONCURRENT, "0"},
		{KNOB_TAGS, "9"},
		{KNOB_WEIGHTS, "imix"},
		{KNOB_WEIGHTS, "imix:0"},
		{KNOB_WEIGHTS, ":1"},
	};
	struct knobs knobs;

	(void)state;
	assert_int_equal(knobs__defaults(&knobs, NULL), 0);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct errmsg why = {};
		int err = knobs__set(&knobs, rows[i].id, rows[i].text, &why);

		/* The profile's name is looked up when the mix is opened. */
		if (!strcmp(rows[i].text, ":1"))
			continue;
		if (!err)
			fail_msg("--%s %s was taken", knob_rows[rows[i].id].option, rows[i].text);
		assert_int_equal(why.exit_code, EXIT_USAGE);
	}
	assert_int_equal(knobs.given & ~KNOB_BIT(WEIGHTS), 0);
}

static void test_refused_together(void **state)
{
	struct stream *stream = NULL;
	struct errmsg why = {};
	struct knobs knobs;

	(void)state;
	knobs = defaults_of(&profile_syn_flood);
	set_knob(&knobs, KNOB_DISTRIBUTION, "spoofed");
	set_knob(&knobs, KNOB_SOURCES, "5");
	assert_int_equal(stream__open(&profile_syn_flood, &knobs, &stream, &why), -EINVAL);
	knobs = defaults_of(&profile_syn_flood);
	set_knob(&knobs, KNOB_SIZE, "60");
	set_knob(&knobs, KNOB_FAMILY, "ipv6");
	assert_int_equal(stream__open(&profile_syn_flood, &knobs, &stream, &why), -EINVAL);
	knobs = defaults_of(&profile_bots);
	set_knob(&knobs, KNOB_COUNT, "10");
	assert_int_equal(stream__open(&profile_bots, &knobs, &stream, &why), -EINVAL);
	assert_null(profile__find("nothing", &why));
	assert_non_null(strstr(why.text, "syn-flood"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_knobs_of_each_profile),
		cmocka_unit_test(test_knobs_of_a_mix),
		cmocka_unit_test(test_bad_values),
		cmocka_unit_test(test_refused_together),
	};

	return cmocka_run_group_tests_name("knobs", tests, NULL, NULL);
}
