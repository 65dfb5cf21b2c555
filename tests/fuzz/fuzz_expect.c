// SPDX-License-Identifier: GPL-2.0-only
// fuzz_expect: arbitrary bytes as the file of replay --expect, and as the counts to compare.
#include <arpa/inet.h>
#include <string.h>

#include "common/address/endpoint.h"
#include "ctl/replay/expect.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/memory_file.h"

/* @first gives the number of sources, each with one SYN, and the bound of unlisted ones. */
static struct snapshot make_snapshot(__u8 first, struct tally_row rows[4])
{
	struct snapshot snapshot = {.tallies[TABLE_SOURCES] = {.rows = rows, .count = first % 5}};

	snapshot.tallies[TABLE_SOURCES].unlisted_at_most = first >> 4;
	for (size_t i = 0; i < snapshot.tallies[TABLE_SOURCES].count; i++) {
		rows[i] = (struct tally_row){.at_least = 1, .at_most = 1 + (first >> 4)};
		rows[i].endpoint.family = i % 2 ? ENDPOINT_IPV6 : ENDPOINT_IPV4;
		rows[i].endpoint.address[0] = htonl(0x0a000000 + i);
	}
	return snapshot;
}

int LLVMFuzzerTestOneInput(const __u8 *data, size_t size)
{
	struct expect_difference *differences = NULL;
	struct tally_row rows[4];
	struct snapshot snapshot;
	struct errmsg why = {};
	char text[ENDPOINT_TEXT_BYTES];
	size_t count = 0;
	FILE *file;
	int err;

	if (!size)
		return 0;
	snapshot = make_snapshot(data[0], rows);
	file = memory_file__open(data + 1, size - 1);
	err = expect__compare(file, "truth", &snapshot, data[0] & 8, &differences, &count, &why);
	fclose(file);
	if (err) {
		MUST(why.text[0] && !differences && !count);
		return 0;
	}
	for (size_t i = 0; i < count; i++) {
		MUST(endpoint__text(&differences[i].source, text));
		MUST(!i ||
		     endpoint__compare(&differences[i - 1].source, &differences[i].source) < 0);
	}
	free(differences);
	return 0;
}
