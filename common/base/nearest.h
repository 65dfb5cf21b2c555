// SPDX-License-Identifier: GPL-2.0-only
// nearest: the known word that an unknown one is most likely a misspelling of.
#ifndef COMMON_BASE_NEAREST_H
#define COMMON_BASE_NEAREST_H

#include <stddef.h>

#define NEAREST_HINT_BYTES 64

struct nearest {
	const char *text; /* the unknown word */
	const char *word; /* the nearest one that was offered, or NULL if none is near */
	size_t distance;
};

/**
 * nearest__offer() - compare with one more known word
 * @word: must outlive @nearest; NULL is fine
 *
 * A word is near if one edit (a character inserted, deleted, replaced, or swapped with the next)
 * per three characters turns one into the other. Of equally near words the first is kept.
 */
void nearest__offer(struct nearest *nearest, const char *word);

/** nearest__hint() - ": did you mean 'stats'?", or "". Return: @buf. */
const char *nearest__hint(const struct nearest *nearest, char buf[NEAREST_HINT_BYTES]);

#endif
