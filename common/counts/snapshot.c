// SPDX-License-Identifier: GPL-2.0-only
// snapshot: everything that a dataplane has counted.
#include "common/counts/snapshot.h"

#define CLASS_NAME(constant, name, label, remark) [constant] = (name),
#define CLASS_LABEL(constant, name, label, remark) [constant] = (label),
#define CLASS_REMARK(constant, name, label, remark) [constant] = (remark),

const char *const frame_class_names[CLASS_COUNT] = {FRAME_CLASSES(CLASS_NAME)};
const char *const frame_class_labels[CLASS_COUNT] = {FRAME_CLASSES(CLASS_LABEL)};
const char *const frame_class_remarks[CLASS_COUNT] = {FRAME_CLASSES(CLASS_REMARK)};
const char *const verdict_names[VERDICT_COUNT] = {
	[XDP_ABORTED] = "aborted", [XDP_DROP] = "drop",         [XDP_PASS] = "pass",
	[XDP_TX] = "tx",           [XDP_REDIRECT] = "redirect",
};

#define TABLE_KIND(constant, maps, name, label, list, class) \
	[constant] = {#maps, (name), (label), (list), (class)},

const struct table_kind table_kinds[TABLE_COUNT] = {TABLES(TABLE_KIND)};

#define FEATURE_NAME(constant, name) [constant] = (name),

const char *const feature_names[FEATURE_COUNT] = {FEATURES(FEATURE_NAME)};

const char *snapshot__is_unsupported(const struct snapshot *snapshot, enum feature feature)
{
	return snapshot->unsupported ? snapshot->unsupported[feature] : NULL;
}

void snapshot__free(struct snapshot *snapshot)
{
	for (int i = 0; i < TABLE_COUNT; i++)
		tally__free(&snapshot->tallies[i]);
	policy_counts__free(&snapshot->policy);
}
