// SPDX-License-Identifier: GPL-2.0-only
// truth: the counts that a perfect counter would report for the generated frames.
//
// Sources are written in the order of their text, without holding the text of all of them. Each
// IPv4 octet is replaced by its rank among the texts "0" to "255": the dot or tab after an octet
// sorts before any digit, so the order of the ranks is the order of the lines. IPv6 has no such
// rule; its addresses are converted to text, 52 bytes each.
#include "pktgen/truth/truth.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IO_BUFFER_BYTES (1 << 20)

#define CLASS_NAME(constant, name, label, remark) [constant] = name,
static const char *const class_names[CLASS_COUNT] = {FRAME_CLASSES(CLASS_NAME)};
#undef CLASS_NAME

struct line {
	char address[INET6_ADDRSTRLEN];
	__u32 syns;
};

/* The IPv6 lines in order, and the number already written. */
struct lines {
	struct line *line;
	size_t count;
	size_t written;
};

static void rank_octets(struct truth *truth)
{
	char text[256][12];

	for (int i = 0; i < 256; i++)
		snprintf(text[i], sizeof(text[i]), "%d", i);
	for (int i = 0; i < 256; i++) {
		int rank = 0;

		for (int j = 0; j < 256; j++)
			rank += strcmp(text[j], text[i]) < 0;
		truth->rank_of_octet[i] = rank;
		truth->octet_of_rank[rank] = i;
	}
}

void truth__init(struct truth *truth, bool counts_sources)
{
	memset(truth, 0, sizeof(*truth));
	truth->counts_sources = counts_sources;
	address_counts__init(&truth->ipv4, 4);
	address_counts__init(&truth->ipv6, 16);
	rank_octets(truth);
}

static int truth_add_source(struct truth *truth, const struct address *source)
{
	const __u8 *octets = (const __u8 *)source->words;
	__u8 key[4];

	/* IPv6 addresses often share a prefix: their last byte spreads best over the parts. */
	if (source->is_ipv6)
		return address_counts__add(&truth->ipv6, octets[15], octets);
	for (int i = 0; i < 4; i++)
		key[i] = truth->rank_of_octet[octets[i]];
	return address_counts__add(&truth->ipv4, key[0], key);
}

int truth__add(struct truth *truth, enum frame_class class, const struct address *source,
	       __u32 bytes)
{
	truth->frames++;
	truth->bytes += bytes;
	truth->classes[class]++;
	return class == CLASS_SYN && truth->counts_sources ? truth_add_source(truth, source) : 0;
}

__u64 truth__sources(const struct truth *truth)
{
	return truth->ipv4.keys + truth->ipv6.keys;
}

const char *truth__class_name(enum frame_class class)
{
	return class_names[class];
}

json_t *truth__classes_to_json(const struct truth *truth)
{
	json_t *object = json_object();

	for (int i = 0; i < CLASS_COUNT; i++)
		json_object_set_new(object, class_names[i], json_integer(truth->classes[i]));
	return object;
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(((const struct line *)a)->address, ((const struct line *)b)->address);
}

static int compare_ipv4_entries(const void *a, const void *b)
{
	return memcmp(a, b, 4);
}

static int collect_ipv6(struct address_counts *ipv6, struct lines *ret)
{
	struct line *line = calloc(ipv6->keys + 1, sizeof(*line));
	size_t count = 0;

	if (!line)
		return -ENOMEM;
	for (int part = 0; part < ADDRESS_COUNTS_PARTS; part++) {
		__u32 entries = address_counts__pack(ipv6, part);

		for (__u32 i = 0; i < entries; i++, count++) {
			inet_ntop(AF_INET6, address_counts__key(ipv6, part, i), line[count].address,
				  sizeof(line[count].address));
			line[count].syns = address_counts__count(ipv6, part, i);
		}
	}
	address_counts__release(ipv6);
	qsort(line, count, sizeof(*line), compare_lines);
	*ret = (struct lines){.line = line, .count = count};
	return 0;
}

static void truth_write_line(FILE *file, const struct line *line)
{
	fputs(line->address, file);
	fprintf(file, "\t%u\n", line->syns);
}

/* Writes the lines that sort before @limit, or all. */
static void write_ipv6_below(FILE *file, struct lines *lines, const struct line *limit)
{
	while (lines->written < lines->count) {
		const struct line *next = &lines->line[lines->written];

		if (limit && compare_lines(next, limit) > 0)
			return;
		truth_write_line(file, next);
		lines->written++;
	}
}

static void write_ipv4_part(FILE *file, struct truth *truth, __u8 part, struct lines *ipv6)
{
	__u32 entries = address_counts__pack(&truth->ipv4, part);
	struct line line;

	if (!entries)
		return;
	qsort(truth->ipv4.parts[part].entries, entries, 8, compare_ipv4_entries);
	for (__u32 i = 0; i < entries; i++) {
		const __u8 *ranks = address_counts__key(&truth->ipv4, part, i);

		snprintf(line.address, sizeof(line.address), "%d.%d.%d.%d",
			 truth->octet_of_rank[ranks[0]], truth->octet_of_rank[ranks[1]],
			 truth->octet_of_rank[ranks[2]], truth->octet_of_rank[ranks[3]]);
		line.syns = address_counts__count(&truth->ipv4, part, i);
		write_ipv6_below(file, ipv6, &line);
		truth_write_line(file, &line);
	}
}

static void truth_write_comments(FILE *file, const struct truth *truth, const char *title)
{
	fprintf(file, "# %s\n# frames %llu\n# distinct_sources %llu\n# syns %llu\n", title,
		truth->frames, truth__sources(truth), truth->classes[CLASS_SYN]);
	for (int i = 0; i < CLASS_COUNT; i++)
		fprintf(file, "# class %s %llu\n", class_names[i], truth->classes[i]);
}

int truth__write(struct truth *truth, FILE *file, const char *path, const char *title,
		 struct errmsg *why)
{
	struct lines ipv6 = {};
	int err;

	setvbuf(file, NULL, _IOFBF, IO_BUFFER_BYTES);
	truth_write_comments(file, truth, title);
	err = collect_ipv6(&truth->ipv6, &ipv6);
	if (err)
		goto out;
	for (int part = 0; part < ADDRESS_COUNTS_PARTS; part++)
		write_ipv4_part(file, truth, part, &ipv6);
	write_ipv6_below(file, &ipv6, NULL);
	if (ferror(file))
		err = -EIO;
out:
	if (fclose(file) && (!err || err == -EIO))
		err = -errno;
	free(ipv6.line);
	return err ? errmsg__set(why, err, "%s: cannot write the truth: %s", path, strerror(-err))
		   : 0;
}

void truth__release(struct truth *truth)
{
	address_counts__release(&truth->ipv4);
	address_counts__release(&truth->ipv6);
}
