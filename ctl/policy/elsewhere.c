// SPDX-License-Identifier: GPL-2.0-only
// elsewhere: the interfaces of a policy that are in other network namespaces.
#include "ctl/policy/elsewhere.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/utf8.h"
#include "common/netdev/netns_walk.h"

#define ANOTHER_NAMESPACE "another network namespace"

static void elsewhere_add(struct elsewhere *elsewhere, const struct registry_entry *entry,
			  const struct attachment_record *record)
{
	if (elsewhere->count == POLICY_MAX_INTERFACES)
		return;
	memcpy(elsewhere->rows[elsewhere->count].interface, record->interface, IFNAMSIZ);
	elsewhere->rows[elsewhere->count].netns = entry->netns;
	strcpy(elsewhere->rows[elsewhere->count++].place, ANOTHER_NAMESPACE);
}

/* A netns_visitor. */
static int elsewhere_label(const struct netns *netns, void *opaque)
{
	struct elsewhere *elsewhere = opaque;

	for (size_t i = 0; i < elsewhere->count; i++)
		if (elsewhere->rows[i].netns == netns->inode)
			memcpy(elsewhere->rows[i].place, netns->label, NETNS_LABEL_BYTES);
	return 0;
}

int elsewhere__find(const struct policy_session *session, struct elsewhere *ret, struct errmsg *why)
{
	struct attachment_record record;
	struct registry_entry *entries;
	size_t count;
	int err = registry__entries(session->registry, &entries, &count, why);

	if (err)
		return err;
	*ret = (struct elsewhere){};
	for (size_t i = 0; i < count; i++)
		if (entries[i].kind == REGISTRY_CURRENT &&
		    entries[i].netns != registry__netns(session->registry) &&
		    !registry__interface_is_gone(&entries[i]) &&
		    !registry__record(&entries[i], &record, NULL) &&
		    !strcmp(record.policy, session->home.id))
			elsewhere_add(ret, &entries[i], &record);
	free(entries);
	if (ret->count)
		netns__each(elsewhere_label, ret);
	return 0;
}

void elsewhere__print(const struct elsewhere *elsewhere)
{
	for (size_t i = 0; i < elsewhere->count; i++)
		printf("  also for %s in %s\n", UTF8_PRINTABLE(elsewhere->rows[i].interface),
		       UTF8_PRINTABLE(elsewhere->rows[i].place));
}

json_t *elsewhere__to_json(const struct elsewhere *elsewhere)
{
	json_t *list = json_array();

	for (size_t i = 0; i < elsewhere->count; i++)
		json_array_append_new(list,
				      json_pack("{s:o, s:o}", "interface",
						utf8__json(elsewhere->rows[i].interface), "place",
						utf8__json(elsewhere->rows[i].place)));
	return list;
}
