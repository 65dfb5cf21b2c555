// SPDX-License-Identifier: GPL-2.0-only
// page: the live page, as the build made it of ctl/page/index.html and the chart library.
#ifndef CTL_EXPORT_PAGE_H
#define CTL_EXPORT_PAGE_H

#include <stddef.h>

extern const unsigned char export_page[];
extern const size_t export_page_bytes;

#endif
