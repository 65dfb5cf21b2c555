// SPDX-License-Identifier: GPL-2.0-only
// view_options: the rows of options that several commands share: which sources to show, and how.
#ifndef CTL_RENDER_VIEW_OPTIONS_H
#define CTL_RENDER_VIEW_OPTIONS_H

#include "common/base/options.h"
#include "common/counts/source_view.h"

/* -n: a __u64 member. @shown: what help calls the default, or NULL if that is @fallback_. */
#define VIEW_OPTION_TOP(struct_type, member, fallback_, shown, max_)                               \
	{                                                                                          \
		OPTION_NUMBER(struct_type, member), .name = "top", .letter = 'n', .argument = "N", \
						    .max = max_, .fallback = fallback_,            \
						    .unset = shown,                                \
						    .help = "show at most N sources and victims"   \
	}

/* -a, --cidr, --min: a struct source_view member. */
#define VIEW_OPTION_AGGREGATE(struct_type, member)                               \
	{                                                                        \
		OPTION_PARSED(struct_type, member),                              \
			.name = "aggregate", .letter = 'a', .argument = "V4/V6", \
			.parse = view_options__parse_aggregate,                  \
			.help = "aggregate sources into prefixes, as in 24/64"   \
	}
#define VIEW_OPTION_CIDR(struct_type, member)                                                  \
	{                                                                                      \
		OPTION_PARSED(struct_type, member), .name = "cidr", .argument = "PREFIX",      \
						    .parse = view_options__parse_cidr,         \
						    .help = "show only sources of this prefix" \
	}
#define VIEW_OPTION_MIN(struct_type, member)                                               \
	{                                                                                  \
		OPTION_NUMBER(struct_type, member.min), .name = "min", .argument = "N",    \
							.max = ~0ull,                      \
							.help = "show only sources with "  \
								"at least N SYNs in total" \
	}

/** view_options__parse_aggregate() - the parser of -a. Return: 0, or -EINVAL with @why set. */
int view_options__parse_aggregate(const char *what, const char *text, void *view,
				  struct errmsg *why);

/** view_options__parse_cidr() - the parser of --cidr. Return: 0, or -EINVAL with @why set. */
int view_options__parse_cidr(const char *what, const char *text, void *view, struct errmsg *why);

#endif
