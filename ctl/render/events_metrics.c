// SPDX-License-Identifier: GPL-2.0-only
// events_metrics: the samples of what `events run` has recorded.
#include "ctl/render/events_metrics.h"

#include <string.h>

#include "common/address/endpoint.h"
#include "common/base/clock.h"
#include "common/events/journal_files.h"
#include "ctl/monitor/saved_state.h"

#define FRESH_NS (30 * NS_PER_S) /* a run saves its state every 10 s */

static bool is_running(const struct saved_state *state)
{
	__u64 now_ns = clock__wall_ns();

	return state->time_ns <= now_ns && now_ns - state->time_ns < FRESH_NS;
}

static void metric_running(FILE *out, const struct saved_state *state)
{
	fprintf(out, "xdpctl_events_running %d\n", is_running(state));
}

static void metric_attack(FILE *out, const char *interface, json_t *attack)
{
	json_t *event = json_object_get(attack, "event");
	json_t *fields = json_object_get(event, "attack");
	const char *victim = json_string_value(json_object_get(fields, "victim"));
	json_t *port = json_object_get(fields, "port");

	/* Members of a prefix are not told apart, as in events. */
	if (!victim || !json_is_true(json_object_get(attack, "announced")))
		return;
	fputs("xdpctl_attack_active{interface=\"", out);
	metric_label_value(out, interface);
	fputs("\",victim=\"", out);
	metric_label_value(out, victim);
	fputs("\",port=\"", out);
	if (json_is_integer(port))
		fprintf(out, "%lld", (long long)json_integer_value(port));
	fputs("\"} 1\n", out);
}

/* Of a run that has ended, nobody knows what is active. */
static void metric_attacks(FILE *out, const struct saved_state *state)
{
	for (size_t i = 0; is_running(state) && i < state->count; i++) {
		const struct saved_interface *saved = &state->interfaces[i];

		for (size_t j = 0; j < json_array_size(saved->attacks); j++)
			metric_attack(out, saved->interface, json_array_get(saved->attacks, j));
	}
}

static void metric_events(FILE *out, const struct saved_state *state)
{
	for (int kind = 0; kind < EVENT_KIND_COUNT; kind++)
		fprintf(out, "xdpctl_events_total{event=\"%s\"} %llu\n", event_kind_names[kind],
			state->counts.events[kind]);
}

static void metric_lost(FILE *out, const struct saved_state *state)
{
	fprintf(out,
		"xdpctl_events_lost_total{where=\"journal\"} %llu\n"
		"xdpctl_events_lost_total{where=\"notify\"} %llu\n",
		state->counts.journal_lost, state->counts.notify_lost);
}

static void metric_failures(FILE *out, const struct saved_state *state)
{
	for (size_t i = 0; i < state->counts.hook_count; i++) {
		fputs("xdpctl_notify_failures_total{hook=\"", out);
		metric_label_value(out, state->counts.hooks[i].name);
		fprintf(out, "\"} %llu\n", state->counts.hooks[i].failures);
	}
}

static const struct events_family {
	struct family family;
	void (*print)(FILE *out, const struct saved_state *state);
} families[] = {
	{{"xdpctl_events_running", "gauge", NULL, "1 if `xdpctl events run` is at work."},
	 metric_running},
	{{"xdpctl_attack_active", "gauge", NULL, "1 for each attack that began and has not ended."},
	 metric_attacks},
	{{"xdpctl_events", "counter", NULL, "Events, by kind."}, metric_events},
	{{"xdpctl_events_lost", "counter", NULL,
	  "Events that the journal does not have, or that a hook did not get."},
	 metric_lost},
	{{"xdpctl_notify_failures", "counter", NULL, "Failed attempts to hand an event on."},
	 metric_failures},
};

void events_metrics__print(FILE *out, enum openmetrics_dialect dialect)
{
	struct page page = {.out = out, .dialect = dialect};
	struct saved_state state;

	if (saved_state__read(JOURNAL_DIRECTORY, &state))
		return;
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		page.family = &families[i].family;
		metric_head(&page);
		families[i].print(out, &state);
	}
	saved_state__free(&state);
}
