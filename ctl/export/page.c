// SPDX-License-Identifier: GPL-2.0-only
// page: the live page; the build embeds page/index.html with the chart library.
#include "ctl/export/page.h"

const unsigned char export_page[] = {
#include "gen/page.inc"
};

const size_t export_page_bytes = sizeof(export_page);
