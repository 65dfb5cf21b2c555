// SPDX-License-Identifier: GPL-2.0-only
// routes: the documents that the exporter serves.
#ifndef CTL_EXPORT_ROUTES_H
#define CTL_EXPORT_ROUTES_H

#include "ctl/export/documents.h"

/* Their context is a struct exporter. */
extern const struct http_route export_routes[];

#endif
