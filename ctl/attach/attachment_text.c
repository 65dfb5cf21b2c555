// SPDX-License-Identifier: GPL-2.0-only
// attachment_text: attachments as a table for people.
#include "ctl/attach/attachment_text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/attach/attachment_policy.h"
#include "common/attach/bpffs.h"
#include "common/base/utf8.h"
#include "ctl/render/format.h"
#include "ctl/render/policy_text.h"

void print_place(const struct attachment *attachment)
{
	const struct dispatcher *dispatcher = &attachment->dispatcher;

	if (attachment->record.alone_because[0])
		printf("  not using the libxdp dispatcher: %s\n", attachment->record.alone_because);
	for (size_t i = 0; i < dispatcher->count; i++)
		printf("%s%s (priority %u)%s",
		       i ? ", " : "  in libxdp's dispatcher, in this order: ",
		       dispatcher->components[i].name, dispatcher->components[i].priority,
		       i + 1 == dispatcher->count ? "\n" : "");
}

static void print_handshakes(const struct attachment_record *record)
{
	static const char *const texts[] = {
		[HANDSHAKES_OFF] =
			"off: use 'attach --handshakes' to count completed connections, too",
		[HANDSHAKES_VICTIMS] = "by victim only",
		[HANDSHAKES_ON] = "on",
	};
	bool remarked = record->handshakes_remark[0];

	printf("  handshakes %s%s%s\n", texts[record->handshakes], remarked ? ": " : "",
	       record->handshakes_remark);
}

static void print_whereabouts(const struct attachment *attachment, const char *interface)
{
	bool runs = attachment->mode != ATTACH_NONE;

	if (attachment->place[0])
		printf("  moved to %s: %s\n", attachment->place,
		       attachment->whereabouts == WHEREABOUTS_PLACE ? "use --netns to see it there"
								    : "its counts go on there");
	else if (attachment->whereabouts == WHEREABOUTS_UNKNOWN)
		printf("  the interface is gone or in another network namespace: root can see "
		       "which\n");
	else if (!runs)
		printf("  %s: 'xdpctl detach %s' cleans up\n",
		       attachment->exists ? "detached" : "the interface is gone", interface);
	if (attachment->moved)
		printf("  attached in another network namespace, and moved here since\n");
	if (runs && !attachment->pinned)
		printf("  its pins are not under " BPFFS_PATH " (removed, or in another mount): "
		       "'xdpctl attach%s %s' pins it again\n",
		       attach_mode__option(attachment->mode), interface);
}

static void print_standing(const struct attachment *attachment)
{
	char text[POLICY_STANDING_BYTES];
	struct policy_standing standing;
	struct errmsg why = {};

	if (attachment__standing(attachment, &standing, &why)) {
		printf("  policy %s: unknown state: %s\n",
		       UTF8_PRINTABLE(attachment->record.policy), UTF8_PRINTABLE(why.text));
		return;
	}
	printf("  policy %s\n", policy_standing__text(&standing, text));
	if (attachment__loses_answers(attachment, &standing) > 0)
		printf("  answers are lost: 'xdpctl doctor --answer %s' says why\n",
		       UTF8_PRINTABLE(attachment->interface));
}

static void print_attachment(const struct attachment *attachment, bool verbose)
{
	bool small = attachment->record.memory_bytes < 1048576;
	const char *mode =
		attachment->mode == ATTACH_NONE ? "none" : attach_mode_names[attachment->mode];
	const char *interface = UTF8_PRINTABLE(attachment->interface);
	char since[TIME_TEXT_BYTES] = "?";

	if (attachment->record.attached_at_ns)
		time__text(attachment->record.attached_at_ns, since);
	printf("%s %-8s %-8s %-16s %8u  %s\n", UTF8_PADDED(interface, 16), mode,
	       attachment->record.layout ? attach_mode_names[attachment->record.mode_asked] : "?",
	       attachment->program.name, attachment->program.id, since);
	print_whereabouts(attachment, interface);
	if (!attachment->record.layout && !attachment->pinned)
		return;
	if (attachment->record_err == -ENOENT) {
		printf("  pins are missing: 'xdpctl attach%s %s' pins it again, and keeps the "
		       "counts\n",
		       attach_mode__option(attachment->mode), interface);
		return;
	}
	if (!attachment->record.layout) {
		printf("  pinned by another version of xdpctl: 'xdpctl attach --reset%s %s' "
		       "replaces it and restarts counting\n",
		       attach_mode__option(attachment->mode), interface);
		return;
	}
	if (strcmp(attachment->record.interface, attachment->interface))
		printf("  attached as %s, and renamed since\n",
		       UTF8_PRINTABLE(attachment->record.interface));
	print_place(attachment);
	printf("  exact entries for %u sources: %.1f %s, fixed", attachment->record.max_sources,
	       attachment->record.memory_bytes / (small ? 1024.0 : 1048576.0),
	       small ? "KiB" : "MiB");
	if (verbose)
		printf("; tag %s", attachment->program.tag);
	printf("\n");
	print_handshakes(&attachment->record);
	if (attachment->record.policy[0])
		print_standing(attachment);
}

void print_status(const struct attachment *list, size_t count, bool verbose)
{
	if (!count) {
		printf(NOTHING_ATTACHED "\n");
		return;
	}
	printf("%-16s %-8s %-8s %-16s %8s  %s\n", "INTERFACE", "MODE", "ASKED", "PROGRAM", "ID",
	       "SINCE");
	for (size_t i = 0; i < count; i++)
		print_attachment(&list[i], verbose);
}
