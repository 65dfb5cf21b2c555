// SPDX-License-Identifier: GPL-2.0-only
// rows: the tables of programs, kinds of traffic, and their combinations to measure.
#include "perf/rows.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TCP_SYN 0x02
#define TCP_ACK 0x10

#define BIT(program) (1u << PROGRAM_##program)
#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

const struct program_row program_rows[PROGRAM_COUNT] = {
	[PROGRAM_NULL] = {"null", "null", "null.o"},
	[PROGRAM_PARSE] = {"parse", "parse only", "parse.o"},
	[PROGRAM_CLASSES] = {"classes", "parse + classes", "classes.o", .counts_classes = true},
	[PROGRAM_PART_HASH] = {"part_hash", "+ hash of the source", "part_hash.o"},
	[PROGRAM_PART_LINES] = {"part_lines", "+ hash, one line", "part_lines.o"},
	[PROGRAM_PART_VICTIM] = {"part_victim", "+ victim alone", "part_victim.o", NULL, false,
				 true},
	[PROGRAM_PART_SOURCE] = {"part_source", "+ source alone", "part_source.o", NULL, false,
				 true},
	[PROGRAM_PART_FULL] = {"part_full", "+ source, back tier full", "part_full.o", NULL, false,
			       true},
	[PROGRAM_XDPCTL] = {"xdpctl", "xdpctl", .counts_classes = true, .counts_sources = true},
	[PROGRAM_HASH] = {"hash", "HASH", "hash.o", NULL, true, true},
	[PROGRAM_LRU_HASH] = {"lru_hash", "LRU_HASH", "lru_hash.o", NULL, true, true, true},
	[PROGRAM_LRU_OWN_LISTS] = {"lru_own_lists", "LRU_HASH, no common LRU", "lru_own_lists.o",
				   NULL, true, true, true},
	[PROGRAM_PERCPU_HASH] = {"percpu_hash", "PERCPU_HASH", "percpu_hash.o", NULL, true, true},
	[PROGRAM_LRU_PERCPU_HASH] = {"lru_percpu_hash", "LRU_PERCPU_HASH", "lru_percpu_hash.o",
				     NULL, true, true, true},
	[PROGRAM_XDP_FILTER] = {"xdp_filter", "xdp-filter", "/usr/lib/*/bpf/xdpfilt_dny_all.o",
				"xdp-tools"},
};

static const struct traffic kinds[] = {
	{"udp", "UDP", .udp = true, .sources_log2 = 12, .class = CLASS_IPV4_OTHER},
	{"tcp_data", "TCP data", .tcp_flags = TCP_ACK, .sources_log2 = 12,
	 .class = CLASS_TCP_OTHER},
	{"syn", "SYN", .tcp_flags = TCP_SYN, .sources_log2 = 12, .class = CLASS_SYN},
	{"syn_vlan", "SYN, VLAN", .vlan = true, .tcp_flags = TCP_SYN, .sources_log2 = 12,
	 .class = CLASS_SYN},
	{"syn_ipv6", "SYN, IPv6", .ipv6 = true, .tcp_flags = TCP_SYN, .sources_log2 = 12,
	 .class = CLASS_SYN},
};

#define SYN_ROW(name, label, log2) \
	(name), (label), .tcp_flags = TCP_SYN, .sources_log2 = (log2), .class = CLASS_SYN

/* In ascending order: each row starts with the table that the previous one filled. */
static const struct traffic sources[] = {
	{SYN_ROW("syn_1", "1", 0)},        {SYN_ROW("syn_4k", "4K", 12)},
	{SYN_ROW("syn_16k", "16K", 14)},   {SYN_ROW("syn_64k", "64K", 16)},
	{SYN_ROW("syn_128k", "128K", 17)}, {SYN_ROW("syn_1m", "1M", 20)},
	{SYN_ROW("syn_16m", "16M", 24)},
};

static const struct traffic parts[] = {
	{SYN_ROW("syn_1", "1", 0), .one_cpu_only = true},
	{SYN_ROW("syn_4k", "4K", 12), .one_cpu_only = true},
	{SYN_ROW("syn_64k", "64K", 16), .one_cpu_only = true},
	{SYN_ROW("syn_128k", "128K", 17), .one_cpu_only = true},
	{SYN_ROW("syn_16m", "16M", 24), .one_cpu_only = true},
};

static const struct suite suites[SUITE_COUNT] = {
	{
		.name = "kinds",
		.label = "by kind of packet",
		.programs = BIT(NULL) | BIT(PARSE) | BIT(CLASSES) | BIT(XDPCTL) | BIT(XDP_FILTER),
		.loops = 5,
		.traffic = kinds,
		.traffic_count = COUNT(kinds),
	},
	{
		.name = "sources",
		.label = "SYNs by number of sources",
		.programs = BIT(NULL) | BIT(CLASSES) | BIT(XDPCTL) | BIT(HASH) | BIT(LRU_HASH) |
			    BIT(LRU_OWN_LISTS) | BIT(PERCPU_HASH) | BIT(LRU_PERCPU_HASH) |
			    BIT(XDP_FILTER),
		.loops = 4,
		.traffic = sources,
		.traffic_count = COUNT(sources),
	},
	{
		.name = "parts",
		.label = "SYNs, by parts of xdpctl",
		.programs = BIT(NULL) | BIT(PARSE) | BIT(CLASSES) | BIT(PART_HASH) |
			    BIT(PART_LINES) | BIT(PART_VICTIM) | BIT(PART_SOURCE) | BIT(PART_FULL) |
			    BIT(XDPCTL),
		.loops = 4,
		.traffic = parts,
		.traffic_count = COUNT(parts),
	},
	{
		.name = "captures",
		.label = "captures",
		.programs = BIT(NULL) | BIT(XDPCTL) | BIT(XDP_FILTER),
		.loops = 2,
	},
};

/* "/corpus/d001_zeek_http.pcap" is the row "d001_zeek_http". */
static void name_row(const char *path, char *name, size_t name_bytes)
{
	const char *slash = strrchr(path, '/');

	snprintf(name, name_bytes, "%s", slash ? slash + 1 : path);
	if (strrchr(name, '.'))
		*strrchr(name, '.') = '\0';
}

static int rows_add_capture(struct rows *rows, const char *name, char **paths, size_t count,
			    struct errmsg *why)
{
	size_t number = rows->capture_count;
	struct frame_list *capture = &rows->captures[number];
	int err = 0;

	for (size_t i = 0; !err && i < count; i++) {
		err = frame_list__append(capture, paths[i], why);
		/* A damaged file, or one of several link types: use the frames before that. */
		if (err && err != -ENOMEM)
			err = 0;
	}
	if (err || !capture->count) {
		frame_list__free(capture);
		return err;
	}
	snprintf(rows->capture_names[number], sizeof(rows->capture_names[number]), "%s", name);
	rows->capture_rows[number] = (struct traffic){
		.name = rows->capture_names[number],
		.label = rows->capture_names[number],
		.one_cpu_only = true,
		.class = CLASS_COUNT,
		.capture = capture,
	};
	rows->capture_count++;
	return 0;
}

static int read_captures(struct rows *rows, char **paths, size_t count, struct errmsg *why)
{
	char name[CAPTURE_NAME_BYTES];
	int err;

	rows->captures = calloc(count + 1, sizeof(*rows->captures));
	rows->capture_rows = calloc(count + 1, sizeof(*rows->capture_rows));
	rows->capture_names = calloc(count + 1, sizeof(*rows->capture_names));
	if (!rows->captures || !rows->capture_rows || !rows->capture_names)
		return -ENOMEM;
	err = rows_add_capture(rows, "captures", paths, count, why);
	for (size_t i = 0; !err && i < count; i++) {
		name_row(paths[i], name, sizeof(name));
		err = rows_add_capture(rows, name, &paths[i], 1, why);
	}
	return err;
}

int rows__load(const char *corpus, struct rows *ret, struct errmsg *why)
{
	struct rows rows = {};
	char pattern[4096];
	glob_t found = {};
	int err = 0;

	memcpy(rows.suites, suites, sizeof(suites));
	snprintf(pattern, sizeof(pattern), "%s/*.{pcap,pcapng}", corpus);
	if (glob(pattern, GLOB_BRACE, NULL, &found) || !found.gl_pathc)
		snprintf(rows.no_captures, sizeof(rows.no_captures), "no captures in %s", corpus);
	else
		err = read_captures(&rows, found.gl_pathv, found.gl_pathc, why);
	globfree(&found);
	if (err) {
		rows__free(&rows);
		return err;
	}
	rows.suites[SUITE_COUNT - 1].traffic = rows.capture_rows;
	rows.suites[SUITE_COUNT - 1].traffic_count = rows.capture_count;
	*ret = rows;
	return 0;
}

bool rows__wanted(const struct program_row *program, const struct traffic *traffic,
		  const char *only)
{
	return !only || !strcmp(only, traffic->name) || !strcmp(only, program->name);
}

void rows__free(struct rows *rows)
{
	for (size_t i = 0; i < rows->capture_count; i++)
		frame_list__free(&rows->captures[i]);
	free(rows->captures);
	free(rows->capture_rows);
	free(rows->capture_names);
	*rows = (struct rows){};
}
