// SPDX-License-Identifier: GPL-2.0-only
// page: the live page, as the build made it of ctl/page/index.html and the chart library.
#include "ctl/export/page.h"

const unsigned char export_page[] = {
#include "gen/page.inc"
};

const size_t export_page_bytes = sizeof(export_page);
