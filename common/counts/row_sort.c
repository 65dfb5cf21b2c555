// SPDX-License-Identifier: GPL-2.0-only
// row_sort: the order of a tally's rows, in linear time.
//
// Rows are sorted by one byte after the other, the least significant first. A million rows have few
// bytes that differ, and comparing them in pairs misses the cache with every comparison.
#include "common/counts/row_sort.h"

#include <stdlib.h>
#include <string.h>

#include "common/address/endpoint.h"
#include "common/base/large_memory.h"

#define FEW_ROWS 1024 /* not worth counting digits */

/* The least significant byte of each part of the order. */
enum {
	DIGIT_PORT,
	DIGIT_ADDRESS = DIGIT_PORT + sizeof(((struct endpoint *)0)->port),
	DIGIT_FAMILY = DIGIT_ADDRESS + sizeof(((struct endpoint *)0)->address),
	DIGIT_COUNT = DIGIT_FAMILY + sizeof(((struct endpoint *)0)->family),
	DIGITS = DIGIT_COUNT + sizeof(((struct tally_row *)0)->at_least),
};

/* Ports and addresses are in network byte order; larger counts come first. */
static __always_inline __u8 row_digit(const struct tally_row *row, int digit)
{
	if (digit >= DIGIT_COUNT)
		return ~row->at_least >> 8 * (digit - DIGIT_COUNT);
	if (digit >= DIGIT_FAMILY)
		return row->endpoint.family >> 8 * (digit - DIGIT_FAMILY);
	if (digit >= DIGIT_ADDRESS)
		return ((const __u8 *)row->endpoint.address)[DIGIT_FAMILY - 1 - digit];
	return ((const __u8 *)&row->endpoint.port)[DIGIT_ADDRESS - 1 - digit];
}

/* A row whose digits are those of zeros where all rows have the same digit. */
static struct tally_row find_differences(const struct tally_row *rows, size_t count)
{
	const struct endpoint *first = &rows[0].endpoint;
	struct tally_row ret = {};

	for (size_t i = 1; i < count; i++) {
		const struct endpoint *endpoint = &rows[i].endpoint;

		for (int word = 0; word < 4; word++)
			ret.endpoint.address[word] |=
				first->address[word] ^ endpoint->address[word];
		ret.endpoint.port |= first->port ^ endpoint->port;
		ret.endpoint.family |= first->family ^ endpoint->family;
		ret.at_least |= rows[0].at_least ^ rows[i].at_least;
	}
	return ret;
}

static void sort_by_digit(const struct tally_row *rows, size_t count, int digit,
			  struct tally_row *ret)
{
	size_t next[256] = {}, start = 0;

	for (size_t i = 0; i < count; i++)
		next[row_digit(&rows[i], digit)]++;
	for (int value = 0; value < 256; value++) {
		size_t rows_of_value = next[value];

		next[value] = start;
		start += rows_of_value;
	}
	for (size_t i = 0; i < count; i++)
		ret[next[row_digit(&rows[i], digit)]++] = rows[i];
}

/* Returns the one of both that has the result. */
static struct tally_row *sort_by_digits(struct tally_row *rows, size_t count,
					struct tally_row *scratch)
{
	const struct tally_row zeros = {}, differences = find_differences(rows, count);
	struct tally_row *from = rows, *to = scratch;

	for (int digit = 0; digit < DIGITS; digit++) {
		struct tally_row *sorted = to;

		if (row_digit(&differences, digit) == row_digit(&zeros, digit))
			continue;
		sort_by_digit(from, count, digit, sorted);
		to = from;
		from = sorted;
	}
	return from;
}

static int compare_rows(const void *a, const void *b)
{
	const struct tally_row *left = a, *right = b;

	if (left->at_least != right->at_least)
		return left->at_least > right->at_least ? -1 : 1;
	return endpoint__compare(&left->endpoint, &right->endpoint);
}

struct tally_row *row_sort(struct tally_row *rows, size_t count)
{
	struct tally_row *scratch = NULL, *sorted;

	if (count > FEW_ROWS)
		scratch = large_memory__new(count, sizeof(*scratch));
	if (!scratch) {
		if (count)
			qsort(rows, count, sizeof(*rows), compare_rows);
		return rows;
	}
	sorted = sort_by_digits(rows, count, scratch);
	free(sorted == scratch ? rows : scratch);
	return sorted;
}
