// SPDX-License-Identifier: GPL-2.0-only
// section: the sections of the report, in Markdown.
#ifndef PERF_SECTION_H
#define PERF_SECTION_H

#include <jansson.h>
#include <stdio.h>

/** section__cell() - a cell of a table: the median of a row's figure and its spread, if it has it.
 */
void section__cell(FILE *out, const json_t *row, const char *figure, int decimals);

/** section__headline() - the cost of a packet by kind, compared with xdp-filter. */
void section__headline(FILE *out, const json_t *document);

/** section__sources() - the cost of a SYN by number of sources, compared with kernel maps. */
void section__sources(FILE *out, const json_t *document);

/** section__ratios() - ratios of the cost of a SYN, by number of sources. */
void section__ratios(FILE *out, const json_t *document);

/** section__parts() - the cost of a SYN in programs with some of xdpctl's parts only. */
void section__parts(FILE *out, const json_t *document);

/** section__live() - frames counted and lost over a veth pair. */
void section__live(FILE *out, const json_t *document);

/** section__policies() - what a policy's rules cost, and its switch, compared with kernel maps. */
void section__policies(FILE *out, const json_t *document);

/** section__flood() - connections of new clients beside a flood, by what defends the port. */
void section__flood(FILE *out, const json_t *document);

/** section__host() - the machine that was measured. */
void section__host(FILE *out, const json_t *document);

/** section__captures() - the cost of a packet of each capture. */
void section__captures(FILE *out, const json_t *document);

/** section__memory() - memory of the maps, SYNs still attributed, and the time to read them. */
void section__memory(FILE *out, const json_t *document);

/** section__interfaces() - the time of each command by number of interfaces. */
void section__interfaces(FILE *out, const json_t *document);

/** section__reconciliation() - whether the programs' counts agree with the frames that were run. */
void section__reconciliation(FILE *out, const json_t *document);

/** section__method() - the method of measurement. */
void section__method(FILE *out, const json_t *document);

#endif
