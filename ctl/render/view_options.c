// SPDX-License-Identifier: GPL-2.0-only
// view_options: the rows of options that several commands share: which sources to show, and how.
#include "ctl/render/view_options.h"

int view_options__parse_aggregate(const char *what, const char *text, void *view,
				  struct errmsg *why)
{
	return source_view__set_prefixes(view, what, text, why);
}

int view_options__parse_cidr(const char *what, const char *text, void *view, struct errmsg *why)
{
	return source_view__set_network(view, what, text, why);
}
