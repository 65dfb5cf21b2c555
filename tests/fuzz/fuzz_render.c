// SPDX-License-Identifier: GPL-2.0-only
// fuzz_render: interfaces with hostile names and arbitrary counts, printed as JSON and OpenMetrics
// and read by strict parsers.
#include <arpa/inet.h>
#include <string.h>

#include "common/base/utf8.h"
#include "ctl/attach/attachment_json.h"
#include "ctl/render/interval_json.h"
#include "ctl/render/openmetrics.h"
#include "ctl/render/snapshot_json.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/openmetrics.h"

#define MAX_INTERFACES 3
#define MAX_ROWS 5
#define MAX_COUNT ((1ull << 62) - 1) /* counters stay below; JSON integers are signed */

/* The rest of the input; zeros after its end. */
struct input {
	const __u8 *data;
	size_t bytes;
};

static __u8 take_byte(struct input *input)
{
	if (!input->bytes)
		return 0;
	input->bytes--;
	return *input->data++;
}

/* A number of any size: the first byte gives its length. */
static __u64 take_count(struct input *input)
{
	__u64 count = 0;

	for (int bytes = take_byte(input) % 9; bytes; bytes--)
		count = count << 8 | take_byte(input);
	return count & MAX_COUNT;
}

/* Names are distinct and not empty, as the kernel ensures. */
static void take_name(struct input *input, int number, char name[IFNAMSIZ])
{
	name[0] = 'a' + number;
	for (int i = 1; i < IFNAMSIZ; i++)
		name[i] = i + 1 < IFNAMSIZ ? take_byte(input) : 0;
}

static struct tally take_tally(struct input *input)
{
	struct tally tally = {.counted = true, .count = take_byte(input) % (MAX_ROWS + 1)};
	__u64 count = take_count(input);

	tally.rows = calloc(tally.count + 1, sizeof(*tally.rows));
	MUST(tally.rows);
	for (size_t i = 0; i < tally.count; i++) {
		struct tally_row *row = &tally.rows[i];
		__u8 what = take_byte(input);

		row->endpoint.family = what & 1 ? ENDPOINT_IPV4 : ENDPOINT_IPV6;
		row->endpoint.address[0] = htonl(i << 8 | what);
		row->endpoint.port = htons(take_byte(input));
		row->at_least = count >> i;
		row->at_most = row->at_least + what;
		tally.attributed += row->at_least;
	}
	tally.unlisted_at_most = take_byte(input);
	return tally;
}

static struct snapshot take_snapshot(struct input *input)
{
	struct snapshot snapshot = {
		.packets = take_count(input),
		.bytes = take_count(input),
		.syns = take_count(input),
		.unattributed = take_count(input),
		.distinct_sources = take_count(input),
		.window_is_known = take_byte(input) & 1,
		.distinct_in_window = take_byte(input),
		.exact = take_byte(input) & 1,
		.distinct_known = true,
	};

	for (int i = 0; i < CLASS_COUNT; i++)
		snapshot.classes[i] = take_byte(input);
	snapshot.classes[CLASS_SYN] = snapshot.syns;
	snapshot.verdicts[XDP_PASS] = snapshot.packets;
	for (int i = 0; i < TABLE_COUNT; i++)
		snapshot.tallies[i] = take_tally(input);
	return snapshot;
}

static struct cpu_counters counters[2];

/* These replace the dataplane's functions, because no program is loaded. */
const struct cpu_counters *__wrap_dataplane__cpu_counters(struct dataplane *dataplane,
							  __u32 *ret_cpus);
__u64 __wrap_dataplane__memory_bytes(const struct dataplane *dataplane);
__u32 __wrap_dataplane__max_sources(const struct dataplane *dataplane);

const struct cpu_counters *__wrap_dataplane__cpu_counters(struct dataplane *dataplane,
							  __u32 *ret_cpus)
{
	(void)dataplane;
	*ret_cpus = 2;
	return counters;
}

__u64 __wrap_dataplane__memory_bytes(const struct dataplane *dataplane)
{
	(void)dataplane;
	return 1 << 20;
}

__u32 __wrap_dataplane__max_sources(const struct dataplane *dataplane)
{
	(void)dataplane;
	return 1000;
}

static void take_watched(struct input *input, int number, const struct source_view *view,
			 struct watched *ret)
{
	struct attachment *attachment = &ret->attachment;
	struct snapshot before;

	take_name(input, number, ret->interface);
	memcpy(attachment->interface, ret->interface, IFNAMSIZ);
	ret->state = take_byte(input) % WATCHED_STATES;
	attachment->mode = take_byte(input) % (ATTACH_NONE + 1);
	if (attachment->mode == ATTACH_AUTO) /* a request, never a state */
		attachment->mode = ATTACH_NONE;
	attachment->record.layout = take_byte(input) % 2;
	attachment->record.mode_asked = take_byte(input) % ATTACH_NONE;
	attachment->record.attached_at_ns = take_count(input);
	take_name(input, number, attachment->record.interface);
	if (take_byte(input) % 4 == 0)
		return;
	ret->dataplane = (struct dataplane *)1;
	before = take_snapshot(input);
	ret->snapshot = take_snapshot(input);
	ret->interval.interval_ns = take_count(input);
	MUST(!interval__add(&ret->interval, &before, &ret->snapshot, view));
	snapshot__free(&before);
}

/* Returns the object as parsed from its text. */
static json_t *reread(json_t *object)
{
	char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;
	json_t *again = text ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;

	MUST(again);
	free(text);
	json_decref(object);
	return again;
}

/* Unchanged, if it is valid UTF-8. */
static void check_name(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, "interface"));
	json_t *valid = json_string(name);

	MUST(text && text[0] == name[0]);
	MUST(!valid || !strcmp(text, name));
	json_decref(valid);
}

static void check_interval(struct watch *watch, size_t top)
{
	json_t *interval = reread(interval_to_json(watch, NULL, top, 1));
	const json_t *list = json_object_get(interval, "interfaces");

	MUST(json_array_size(list) == watch->count);
	for (size_t i = 0; i < watch->count; i++)
		check_name(json_array_get(list, i), watch->list[i].interface);
	json_decref(interval);
}

static void check_each(const struct watch *watch, size_t top)
{
	for (size_t i = 0; i < watch->count; i++) {
		const struct snapshot *snapshot = &watch->list[i].snapshot;
		json_t *object = reread(snapshot_to_json(snapshot, NULL, top));
		const json_t *sources = json_object_get(object, "sources");

		MUST(json_array_size(sources) == (snapshot->tallies[TABLE_SOURCES].count < top
							  ? snapshot->tallies[TABLE_SOURCES].count
							  : top));
		MUST((__u64)json_integer_value(json_object_get(object, "bytes")) ==
		     snapshot->bytes);
		json_decref(object);
		object = reread(attachment_to_json(&watch->list[i].attachment));
		check_name(object, watch->list[i].interface);
		json_decref(object);
	}
}

static void check_openmetrics(const struct watch *watch, size_t top,
			      enum openmetrics_dialect dialect)
{
	char *text = NULL;
	size_t bytes = 0;
	FILE *out = open_memstream(&text, &bytes);
	const char *complaint;
	unsigned int samples;

	MUST(out);
	openmetrics__print(out, watch, top, dialect);
	MUST(!fclose(out) && strlen(text) == bytes);
	complaint = openmetrics__complaint(text, dialect == OPENMETRICS_CLASSIC, &samples);
	if (complaint)
		fprintf(stderr, "%s:\n%s", complaint, text);
	MUST(!complaint);
	MUST(samples >= watch->count); /* xdpctl_attached */
	free(text);
}

int LLVMFuzzerTestOneInput(const __u8 *data, size_t size)
{
	struct input input = {data, size};
	struct watched list[MAX_INTERFACES] = {};
	struct watch watch = {.list = list};
	__u8 what = take_byte(&input);
	size_t top = take_byte(&input) % (MAX_ROWS + 2);

	watch.count = take_byte(&input) % (MAX_INTERFACES + 1);
	watch.windows = take_byte(&input) & 1;
	watch.view.min = take_byte(&input);
	for (size_t i = 0; i < watch.count; i++)
		take_watched(&input, i, &watch.view, &list[i]);
	if (what % 4 == 0)
		check_openmetrics(&watch, top, OPENMETRICS_1_0);
	else if (what % 4 == 1)
		check_openmetrics(&watch, top, OPENMETRICS_CLASSIC);
	else if (what % 4 == 2)
		check_interval(&watch, top);
	else
		check_each(&watch, top);
	for (size_t i = 0; i < watch.count; i++) {
		interval__free(&list[i].interval);
		snapshot__free(&list[i].snapshot);
	}
	return 0;
}
