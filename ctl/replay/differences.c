// SPDX-License-Identifier: GPL-2.0-only
// differences: sources whose count is not as expected, as text or as JSON.
#include "ctl/replay/differences.h"

#include <stdio.h>

#include "common/address/endpoint.h"

void print_differences(const struct expect_difference *differences, size_t count)
{
	char text[ENDPOINT_TEXT_BYTES];

	for (size_t i = 0; i < count; i++) {
		const struct expect_difference *row = &differences[i];

		printf("%s: expected %llu, counted %llu", endpoint__text(&row->source, text),
		       row->expected, row->at_least);
		if (row->at_most != row->at_least)
			printf(" to %llu", row->at_most);
		printf("\n");
	}
}

json_t *differences_to_json(const struct expect_difference *differences, size_t count)
{
	json_t *list = json_array();
	char text[ENDPOINT_TEXT_BYTES];

	for (size_t i = 0; i < count; i++) {
		const struct expect_difference *row = &differences[i];

		json_array_append_new(list, json_pack("{s:s, s:I, s:I, s:I}", "address",
						      endpoint__text(&row->source, text),
						      "expected", (json_int_t)row->expected,
						      "at_least", (json_int_t)row->at_least,
						      "at_most", (json_int_t)row->at_most));
	}
	return list;
}
