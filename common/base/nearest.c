// SPDX-License-Identifier: GPL-2.0-only
// nearest: the known word that an unknown one is most likely a misspelling of.
#include "common/base/nearest.h"

#include <stdio.h>
#include <string.h>

#define MAX_LENGTH 32 /* no command, option or choice is longer */

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Optimal string alignment: Levenshtein's distance, in which a swap of neighbours is one edit. */
static size_t edit_distance(const char *a, const char *b)
{
	size_t rows[3][MAX_LENGTH + 1];
	size_t *before = rows[0], *last = rows[1], *row = rows[2];
	size_t b_length = strlen(b);

	for (size_t j = 0; j <= b_length; j++)
		last[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t *oldest = before;

		row[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			row[j] = least(last[j - 1] + (a[i - 1] != b[j - 1]),
				       least(last[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
		}
		before = last;
		last = row;
		row = oldest;
	}
	return last[b_length];
}

void nearest__offer(struct nearest *nearest, const char *word)
{
	size_t length = strlen(nearest->text), distance;

	if (!word || length > MAX_LENGTH || strlen(word) > MAX_LENGTH)
		return;
	distance = edit_distance(nearest->text, word);
	if (distance > (length + 1) / 3 || (nearest->word && distance >= nearest->distance))
		return;
	nearest->word = word;
	nearest->distance = distance;
}

const char *nearest__hint(const struct nearest *nearest, char buf[NEAREST_HINT_BYTES])
{
	buf[0] = '\0';
	if (nearest->word)
		snprintf(buf, NEAREST_HINT_BYTES, ": did you mean '%s'?", nearest->word);
	return buf;
}
