// SPDX-License-Identifier: GPL-2.0-only
// events_options: options that several commands about events have.
#ifndef CTL_EVENTS_EVENTS_OPTIONS_H
#define CTL_EVENTS_EVENTS_OPTIONS_H

#include "common/base/options.h"
#include "common/events/event_format.h"
#include "common/events/events_config.h"
#include "common/events/journal_files.h"

#define EVENTS_OPTION_CONFIG(struct_type, member)                                             \
	{                                                                                     \
		OPTION_TEXT(struct_type, member), .name = "config", .argument = "FILE",       \
						  .fallback = EVENTS_CONFIG_PATH,             \
						  .help = "what is detected, and who is told" \
	}

#define EVENTS_OPTION_DIRECTORY(struct_type, member)                                      \
	{                                                                                 \
		OPTION_TEXT(struct_type, member), .name = "directory", .argument = "DIR", \
						  .fallback = JOURNAL_DIRECTORY,          \
						  .help = "where the journal is kept"     \
	}

#define EVENTS_OPTION_FORMAT(struct_type, member)                                                 \
	{                                                                                         \
		OPTION_CHOICE(struct_type, member), .name = "format", .with = "jsonl",            \
						    .words = event_format_names,                  \
						    .fallback = "xdpctl",                         \
						    .help = "events of xdpctl, of "               \
							    "Elastic's ECS, or of Suricata's EVE" \
	}

#endif
