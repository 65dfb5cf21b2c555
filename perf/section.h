// SPDX-License-Identifier: GPL-2.0-only
// section: the report's parts, as Markdown.
#ifndef PERF_SECTION_H
#define PERF_SECTION_H

#include <jansson.h>
#include <stdio.h>

/** section__headline() - what a packet costs, by kind, beside xdp-filter. */
void section__headline(FILE *out, const json_t *document);

/** section__sources() - what a SYN costs by number of sources, beside the kernel's own maps. */
void section__sources(FILE *out, const json_t *document);

/** section__live() - what is counted and lost on a wire. */
void section__live(FILE *out, const json_t *document);

/** section__host() - what it was measured on. */
void section__host(FILE *out, const json_t *document);

/** section__captures() - what a packet of each capture costs. */
void section__captures(FILE *out, const json_t *document);

/** section__memory() - what the maps take, what they still know, and how long reading takes. */
void section__memory(FILE *out, const json_t *document);

/** section__books() - whether the programs' own counts agree with what was run. */
void section__books(FILE *out, const json_t *document);

/** section__method() - how it was measured. */
void section__method(FILE *out, const json_t *document);

#endif
