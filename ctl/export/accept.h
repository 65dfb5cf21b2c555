// SPDX-License-Identifier: GPL-2.0-only
// accept: what the Accept header of a request says about a media type.
#ifndef CTL_EXPORT_ACCEPT_H
#define CTL_EXPORT_ACCEPT_H

/**
 * accept__quality() - how much a client wants a media type that it names; wildcards do not count
 * @accept: the header's value, or NULL
 * @type: as in "text/plain"
 * @version: a client that names a version must name this one
 *
 * Return: from 1 to 1000; 0: not named, or refused.
 */
int accept__quality(const char *accept, const char *type, const char *version);

#endif
