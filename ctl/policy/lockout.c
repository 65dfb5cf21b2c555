// SPDX-License-Identifier: GPL-2.0-only
// lockout: whether a policy would cut connections to this host, the operator's own among them.
#include "ctl/policy/lockout.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/netdev/connections.h"
#include "common/policy/policy_lookup.h"

#define MAX_ANCESTORS 64
#define MAX_ENVIRONMENT_BYTES (1 << 20)
#define SSH_VARIABLE "SSH_CONNECTION="
#define MAX_NAMED 4 /* peers in the message */

/* A peer, and the port of this host that it is connected to. */
struct peer {
	struct endpoint address;
	__u16 port;
	bool is_ssh; /* the operator's */
};

struct lockout {
	const struct policy_lookup *lookup;
	struct peer dropped[MAX_NAMED];
	size_t count; /* may be larger */
};

static void lockout_note(struct lockout *lockout, const struct peer *peer)
{
	if (!policy_lookup__drops(lockout->lookup, &peer->address, peer->port))
		return;
	for (size_t i = 0; i < lockout->count && i < MAX_NAMED; i++)
		if (!endpoint__compare(&lockout->dropped[i].address, &peer->address) &&
		    lockout->dropped[i].port == peer->port)
			return;
	if (lockout->count < MAX_NAMED)
		lockout->dropped[lockout->count] = *peer;
	lockout->count++;
}

/* "PEER PEER-PORT ADDRESS PORT" */
static void note_ssh(struct lockout *lockout, const char *text)
{
	char address[ENDPOINT_TEXT_BYTES + 17], *zone;
	struct peer peer = {.is_ssh = true};
	unsigned int port;

	if (sscanf(text, "%62s %*u %*s %u", address, &port) != 2)
		return;
	zone = strchr(address, '%');
	if (zone)
		*zone = '\0';
	peer.port = port;
	if (!endpoint__parse(address, &peer.address))
		lockout_note(lockout, &peer);
}

/* Looks for the variable in what a process was started with. */
static void note_ssh_of(struct lockout *lockout, pid_t pid)
{
	char path[64], *variable = NULL;
	size_t bytes = 0, read_bytes = 0;
	ssize_t length;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/environ", pid);
	file = fopen(path, "re");
	while (file && read_bytes < MAX_ENVIRONMENT_BYTES &&
	       (length = getdelim(&variable, &bytes, '\0', file)) > 0) {
		read_bytes += length;
		if (!strncmp(variable, SSH_VARIABLE, strlen(SSH_VARIABLE)))
			note_ssh(lockout, variable + strlen(SSH_VARIABLE));
	}
	free(variable);
	if (file)
		fclose(file);
}

/* Return: 0 if it is not known. */
static pid_t parent_of(pid_t pid)
{
	char path[64], line[1024];
	pid_t parent = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "re");
	/* The name of the program, in parentheses, may hold any character. */
	if (file && fgets(line, sizeof(line), file) && strrchr(line, ')'))
		sscanf(strrchr(line, ')') + 1, " %*c %d", &parent);
	if (file)
		fclose(file);
	return parent;
}

static void note_ssh_sessions(struct lockout *lockout)
{
	pid_t pid = getpid();

	for (int i = 0; pid > 0 && i < MAX_ANCESTORS; i++) {
		note_ssh_of(lockout, pid);
		pid = parent_of(pid);
	}
}

/* What this host sends to itself never reaches an interface's program. */
static bool is_local(const struct connection *connection)
{
	if (!memcmp(connection->peer, connection->local, sizeof(connection->peer)))
		return true;
	return connection->family == AF_INET
		       ? ntohl(connection->peer[0]) >> 24 == IN_LOOPBACKNET
		       : IN6_IS_ADDR_LOOPBACK((const struct in6_addr *)connection->peer);
}

static int note_connections(struct lockout *lockout, struct errmsg *why)
{
	struct connection *connections;
	size_t count;
	int err = connections__inbound(&connections, &count);

	if (err)
		return errmsg__set(why, err, "cannot list this host's TCP connections: %s",
				   strerror(-err));
	for (size_t i = 0; i < count; i++) {
		const struct connection *connection = &connections[i];
		struct peer peer = {.port = connection->port};

		peer.address.family = connection->family == AF_INET ? ENDPOINT_IPV4 : ENDPOINT_IPV6;
		memcpy(peer.address.address, connection->peer, sizeof(connection->peer));
		if (!is_local(connection))
			lockout_note(lockout, &peer);
	}
	free(connections);
	return 0;
}

static int refuse_lockout(const struct lockout *lockout, struct errmsg *why)
{
	char names[MAX_NAMED * (ENDPOINT_TEXT_BYTES + 48)] = "", more[48] = "";
	char address[ENDPOINT_TEXT_BYTES];
	size_t used = 0;

	for (size_t i = 0; i < lockout->count && i < MAX_NAMED; i++)
		used += snprintf(names + used, sizeof(names) - used, "%s%s (%sto port %u)",
				 i ? ", " : "",
				 endpoint__text(&lockout->dropped[i].address, address),
				 lockout->dropped[i].is_ssh ? "your SSH connection " : "",
				 lockout->dropped[i].port);
	if (lockout->count > MAX_NAMED)
		snprintf(more, sizeof(more), " and %zu more", lockout->count - MAX_NAMED);
	return errmsg__set(why, -EPERM,
			   "would cut established connections to this host, of %s%s: add the peers "
			   "to 'management' or 'allow'",
			   names, more);
}

int lockout__check(const struct policy *policy, const struct timed_prefixes *timed,
		   struct errmsg *why)
{
	struct policy_lookup *lookup;
	struct lockout lockout = {};
	int err = policy_lookup__new(policy, timed, &lookup);

	if (err)
		return err;
	lockout.lookup = lookup;
	note_ssh_sessions(&lockout);
	err = note_connections(&lockout, why);
	if (!err && lockout.count)
		err = refuse_lockout(&lockout, why);
	policy_lookup__free(lookup);
	return err;
}
