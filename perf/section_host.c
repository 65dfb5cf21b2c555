// SPDX-License-Identifier: GPL-2.0-only
// section_host: the report's machine and method.
#include <string.h>

#include "perf/lookup.h"
#include "perf/section.h"

static void print_texts(FILE *out, const json_t *object)
{
	const json_t *value;
	const char *key;
	int count = 0;

	/* The macro needs a pointer that is not const. */
	json_object_foreach ((json_t *)object, key, value)
		fprintf(out, "%s%s %s", count++ ? ", " : "", key, json_string_value(value));
	fputs(count ? " |\n" : "none |\n", out);
}

static void print_load(FILE *out, const char *when, const json_t *load)
{
	if (json_array_size(load) != 3)
		return;
	fprintf(out, "| load average %s | %.2f %.2f %.2f |\n", when,
		json_number_value(json_array_get(load, 0)),
		json_number_value(json_array_get(load, 1)),
		json_number_value(json_array_get(load, 2)));
}

void section__host(FILE *out, const json_t *document)
{
	const json_t *host = json_object_get(document, "host");
	const json_t *jit = json_object_get(host, "jit");

	fputs("\n## Measured on\n\n| | |\n|---|---|\n", out);
	fprintf(out, "| CPU | %s, %.0f CPUs |\n| caches of one | ", lookup__text(host, "cpu_model"),
		lookup__number(host, "cpus"));
	print_texts(out, json_object_get(host, "caches"));
	fprintf(out, "| memory | %.0f MiB |\n| kernel | %s, %s |\n| distribution | %s |\n",
		lookup__number(host, "memory_mib"), lookup__text(host, "kernel"),
		lookup__text(host, "machine"), lookup__text(host, "distribution"));
	fprintf(out, "| BPF JIT | %s, hardening %s |\n",
		strcmp(lookup__text(jit, "enable"), "0") ? "on" : "off",
		strcmp(lookup__text(jit, "harden"), "0") ? "on" : "off");
	fprintf(out, "| BPF compiler | clang %s |\n| libbpf | %s |\n| mitigations | ",
		lookup__text(host, "clang"), lookup__text(host, "libbpf"));
	print_texts(out, json_object_get(host, "mitigations"));
	print_load(out, "before", json_object_get(host, "load_before"));
	print_load(out, "after", json_object_get(host, "load_after"));
}

void section__method(FILE *out, const json_t *document)
{
	fprintf(out,
		"\n## How it was measured\n\n"
		"A program in the kernel copies the next frame of a list into a packet and "
		"tail-calls the program under test, in one BPF_PROG_TEST_RUN of up to 131,072 "
		"frames and several loops. The null program, fed in the same way with the same "
		"frames in the same round, is the floor, nearly all of it feeding. "
		"The kernel reports the time per frame in whole nanoseconds, rounded down.\n\n"
		"In each of the %.0f rounds every row is run once, with new maps and buffers, and "
		"the "
		"order of the programs rotates. A row starts with a warm-up: every source once, at "
		"most the number of entries of the largest map. Rows with more sources than frames "
		"in a batch draw new sources for each batch. With all CPUs, each has its own "
		"frames, "
		"and they start within some 20 ms of each other. Frames have 60 bytes, with VLAN "
		"64, "
		"with IPv6 74, and the same ports. Peers are the distribution's unmodified objects "
		"with empty tables.\n\n"
		"All samples, quartiles and rates are in `report.json`.\n",
		lookup__number(document, "rounds"));
}
