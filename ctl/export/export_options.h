// SPDX-License-Identifier: GPL-2.0-only
// export_options: what the command line of `xdpctl export` sets.
#ifndef CTL_EXPORT_EXPORT_OPTIONS_H
#define CTL_EXPORT_EXPORT_OPTIONS_H

#include <linux/types.h>
#include <stdbool.h>

#include "common/base/cli.h"
#include "common/counts/source_view.h"

struct export_options {
	struct option_list listen;
	const char *listen_netns;
	struct option_list allow_host;
	const char *web_config;
	const char *textfile;
	__u64 interval_ns;
	bool once;
	__u64 top;
	struct source_view view;
};

#endif
