// SPDX-License-Identifier: GPL-2.0-only
// hosts: the names that a request may address the exporter by.
#include "ctl/export/hosts.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

/* "gateway.example." is the same name as "gateway.example". */
static bool is_same_name(const char *host, const char *name)
{
	size_t host_bytes = strlen(host), name_bytes = strlen(name);

	host_bytes -= host_bytes && host[host_bytes - 1] == '.';
	name_bytes -= name_bytes && name[name_bytes - 1] == '.';
	return host_bytes && host_bytes == name_bytes && !strncasecmp(host, name, host_bytes);
}

bool hosts__allows(const char *host, const char *const *names, size_t count)
{
	struct in6_addr address;

	if (inet_pton(AF_INET, host, &address) == 1 || inet_pton(AF_INET6, host, &address) == 1)
		return true;
	for (size_t i = 0; i < count; i++)
		if (is_same_name(host, names[i]))
			return true;
	return is_same_name(host, "localhost");
}
