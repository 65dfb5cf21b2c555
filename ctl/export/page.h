// SPDX-License-Identifier: GPL-2.0-only
// page: the live page; the build embeds page/index.html with the chart library.
#ifndef CTL_EXPORT_PAGE_H
#define CTL_EXPORT_PAGE_H

#include <stddef.h>

extern const unsigned char export_page[];
extern const size_t export_page_bytes;

#endif
