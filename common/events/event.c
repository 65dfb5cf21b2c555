// SPDX-License-Identifier: GPL-2.0-only
// event: something that happened: its words, its identity, and a sentence that says it.
#include "common/events/event.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/abi/siphash.h"
#include "common/base/clock.h"
#include "common/base/utf8.h"

#define EVENT_NAME(constant, name) [constant] = name,
const char *const event_kind_names[] = {EVENT_KINDS(EVENT_NAME) NULL};
const char *const event_phase_names[] = {EVENT_PHASES(EVENT_NAME) NULL};
const char *const event_severity_names[] = {EVENT_SEVERITIES(EVENT_NAME) NULL};
const char *const attack_cause_names[] = {ATTACK_CAUSES(EVENT_NAME) NULL};
const char *const event_answer_names[] = {EVENT_ANSWERS(EVENT_NAME) NULL};
const char *const finished_by_names[] = {FINISHED_BY(EVENT_NAME) NULL};
const char *const policy_event_names[] = {POLICY_EVENTS(EVENT_NAME) NULL};
const char *const attachment_event_names[] = {ATTACHMENT_EVENTS(EVENT_NAME) NULL};
const char *const loss_place_names[] = {LOSS_PLACES(EVENT_NAME) NULL};
#undef EVENT_NAME

#define TABLE_NAME(constant, maps, name, label, list, class) [constant] = #maps,
const char *const event_table_names[] = {TABLES(TABLE_NAME) NULL};
#undef TABLE_NAME

int event_word__find(const char *const *words, const char *text)
{
	for (int i = 0; words[i]; i++)
		if (!strcmp(words[i], text))
			return i;
	return -1;
}

/* A message in any number of pieces. */
struct identity {
	struct siphash hash;
	__u64 word; /* bytes that do not fill one yet */
	__u8 bytes;
};

static void identity__add(struct identity *identity, const void *data, size_t bytes)
{
	for (const __u8 *byte = data; bytes; bytes--, byte++) {
		identity->word |= (__u64)*byte << identity->bytes % 8 * 8;
		if (++identity->bytes % 8)
			continue;
		siphash__compress(&identity->hash, identity->word, 2);
		identity->word = 0;
	}
}

static void identity__add_number(struct identity *identity, __u64 number)
{
	__u8 bytes[sizeof(number)];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = number >> i * 8;
	identity__add(identity, bytes, sizeof(bytes));
}

/* With the terminating null, which keeps neighbours apart. */
static void identity__add_text(struct identity *identity, const char *text)
{
	identity__add(identity, text, strlen(text) + 1);
}

void event__identify(struct event *event, __u64 attached_at_ns, __u64 began_ns)
{
	static const __u64 key[2] = {0x746e657665207865ull, 0x317670646374206cull};
	char subject[EVENT_TEXT_BYTES];
	struct identity identity = {};

	siphash__start(&identity.hash, key);
	identity__add_text(&identity, event->gateway);
	identity__add_text(&identity, event->interface);
	identity__add_number(&identity, attached_at_ns);
	identity__add_text(&identity, event_kind_names[event->kind]);
	identity__add_text(&identity, event__subject(event, subject));
	identity__add_number(&identity, began_ns);
	event->id = siphash__finish(&identity.hash, identity.word, identity.bytes, 2, 4);
}

const char *event__id_text(__u64 id, char buf[EVENT_ID_TEXT_BYTES])
{
	snprintf(buf, EVENT_ID_TEXT_BYTES, "%016llx", id);
	return buf;
}

static const char *attack__subject(const struct event_attack *attack, char buf[EVENT_TEXT_BYTES])
{
	const struct endpoint *victim = &attack->victim;
	char address[ENDPOINT_TEXT_BYTES];

	endpoint__text(victim, address);
	if (attack->prefix_bits)
		snprintf(buf, EVENT_TEXT_BYTES, "%s/%d", address, attack->prefix_bits);
	else
		snprintf(buf, EVENT_TEXT_BYTES,
			 victim->family == ENDPOINT_IPV6 ? "[%s]:%d" : "%s:%d", address,
			 ntohs(victim->port));
	return buf;
}

/* An IPv4 source, or an IPv6 prefix. */
static const char *source__subject(const struct prefix *source, char buf[EVENT_TEXT_BYTES])
{
	return source->network.family == ENDPOINT_IPV4 ? endpoint__text(&source->network, buf)
						       : prefix__text(source, buf);
}

const char *event__subject(const struct event *event, char buf[EVENT_TEXT_BYTES])
{
	switch (event->kind) {
	case EVENT_ATTACK:
		return attack__subject(&event->attack, buf);
	case EVENT_SOURCE:
		return source__subject(&event->source.address, buf);
	case EVENT_POLICY:
		return utf8__printable(event->policy.policy, buf, EVENT_TEXT_BYTES);
	case EVENT_ATTACHMENT:
		return utf8__printable(event->interface, buf, EVENT_TEXT_BYTES);
	case EVENT_REGIME:
		snprintf(buf, EVENT_TEXT_BYTES, "%s", event_table_names[event->regime.table]);
		return buf;
	case EVENT_LOSS:
		snprintf(buf, EVENT_TEXT_BYTES, "%s", loss_place_names[event->loss.where]);
		return buf;
	case EVENT_TEST:
		return utf8__printable(event->test.hook, buf, EVENT_TEXT_BYTES);
	default:
		buf[0] = '\0';
		return buf;
	}
}

static void summary__add(struct event *event, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void summary__add(struct event *event, const char *fmt, ...)
{
	size_t used = strlen(event->summary);
	va_list args;

	va_start(args, fmt);
	vsnprintf(event->summary + used, sizeof(event->summary) - used, fmt, args);
	va_end(args);
}

static void summarize_cause(struct event *event)
{
	const struct event_attack *attack = &event->attack;

	switch (attack->cause) {
	case CAUSE_RATE:
		summary__add(event, "%llu SYNs/s, above %llu/s", attack->syns_pps,
			     attack->threshold_pps);
		break;
	case CAUSE_UNFINISHED:
		summary__add(event,
			     "%llu SYNs/s, at least %llu handshakes unfinished in 10 s, above "
			     "%llu/s",
			     attack->syns_pps, attack->unfinished.at_least, attack->threshold_pps);
		break;
	default:
		summary__add(event, "%llu SYNs/s, judged by the policy, above %llu/s",
			     attack->syns_pps, attack->threshold_pps);
	}
	if (attack->spoofed == ANSWER_YES)
		summary__add(event, ", from spoofed sources");
}

static void summarize_attack(struct event *event, const char *subject)
{
	const struct event_attack *attack = &event->attack;

	summary__add(event, "Attack on %s", subject);
	if (attack->prefix_bits)
		summary__add(event, " (%u victims)", attack->victims);
	if (event->phase == PHASE_ENDED) {
		summary__add(event, " ended after %llu s: at least %llu SYNs, at most %llu/s.",
			     (attack->ended_ns - attack->began_ns) / NS_PER_S,
			     attack->syns.at_least, attack->peak_pps);
		return;
	}
	summary__add(event, event->phase == PHASE_BEGAN ? " began: " : " goes on: ");
	summarize_cause(event);
	summary__add(event, ".");
}

static void summarize_source(struct event *event, const char *subject)
{
	if (event->phase == PHASE_ENDED)
		summary__add(event, "Source %s is below its threshold again.", subject);
	else
		summary__add(event, "Source %s sends %llu SYNs/s, above %llu/s.", subject,
			     event->source.syns_pps, event->source.threshold_pps);
}

static void summarize_policy(struct event *event, const char *subject)
{
	static const char *const phrases[] = {
		[POLICY_WAS_APPLIED] = "was applied",
		[POLICY_WAS_CONFIRMED] = "was confirmed",
		[POLICY_WAS_REVERTED] = "was reverted",
		[POLICY_REACHED_DEADLINE] = "was not confirmed in time, the last one rules again",
		[POLICY_IS_OFF] = "is off",
	};

	summary__add(event, "Policy %s %s: generation %llu.", subject,
		     phrases[event->policy.action], event->policy.generation);
}

static void summarize_attachment(struct event *event, const char *subject)
{
	static const char *const phrases[] = {
		[ATTACHMENT_ATTACHED] = "counting began",
		[ATTACHMENT_GONE] = "the interface is gone, with its program",
		[ATTACHMENT_MOVED] = "the interface was moved to another network namespace",
		[ATTACHMENT_REPLACED] = "another XDP program was attached instead",
		[ATTACHMENT_DETACHED] = "the program was detached",
		[ATTACHMENT_UPGRADED] = "the program was upgraded",
		[ATTACHMENT_RESET] = "the counts were reset",
	};

	summary__add(event, "%s: %s.", subject, phrases[event->attachment.state]);
}

static void summarize_regime(struct event *event, const char *subject)
{
	if (event->phase == PHASE_ENDED)
		summary__add(event, "The table of %s has exact counts again.", subject);
	else
		summary__add(event, "The table of %s is full: an unlisted one has at most %llu.",
			     subject, event->regime.unlisted_at_most);
}

static void summarize_loss(struct event *event, const char *subject)
{
	const struct event_loss *loss = &event->loss;

	if (loss->where == LOSS_UNOBSERVED) {
		summary__add(event, "Nothing was read for %llu ms: no state changed in between.",
			     (loss->to_ns - loss->from_ns) / 1000000);
		return;
	}
	summary__add(event,
		     event->phase == PHASE_ENDED ? "Nothing is lost any more: %s"
						 : "Something is lost: %s",
		     subject);
	if (loss->what[0])
		summary__add(event, ", %s", UTF8_PRINTABLE(loss->what));
	summary__add(event, ".");
}

static void summarize_suppressed(struct event *event)
{
	__u64 sum = 0;

	for (int i = 0; i < EVENT_KIND_COUNT; i++)
		sum += event->suppressed.counts[i];
	summary__add(event, "%llu event%s held back: there were too many.", sum,
		     sum == 1 ? " was" : "s were");
}

void event__summarize(struct event *event)
{
	char buf[EVENT_TEXT_BYTES];
	const char *subject = event__subject(event, buf);

	event->summary[0] = '\0';
	switch (event->kind) {
	case EVENT_ATTACK:
		return summarize_attack(event, subject);
	case EVENT_SOURCE:
		return summarize_source(event, subject);
	case EVENT_POLICY:
		return summarize_policy(event, subject);
	case EVENT_ATTACHMENT:
		return summarize_attachment(event, subject);
	case EVENT_REGIME:
		return summarize_regime(event, subject);
	case EVENT_LOSS:
		return summarize_loss(event, subject);
	case EVENT_TEST:
		return summary__add(event, "This is a test of the delivery of events.");
	case EVENT_SUPPRESSED:
		return summarize_suppressed(event);
	default:
		return;
	}
}
