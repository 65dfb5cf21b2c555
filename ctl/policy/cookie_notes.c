// SPDX-License-Identifier: GPL-2.0-only
// cookie_notes: whether this host can give the SYN cookies that a policy asks for.
#include "ctl/policy/cookie_notes.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <string.h>

#include "common/netdev/syn_cookies.h"

static void note_syncookies(const struct cli *cli)
{
	int setting = syn_cookies__read();

	if (setting < 0)
		cli__note(cli, SYN_COOKIES_SYSCTL
			  " cannot be read: unless it is 2, SYNs may pass without a "
			  "cookie, as 'cookie_refused'");
	else if (setting == SYN_COOKIES_OFF)
		cli__note(cli, SYN_COOKIES_SYSCTL
			  " is 0: the kernel gives no SYN cookies, and SYNs pass, as "
			  "'cookie_refused': 'sysctl -w " SYN_COOKIES_SYSCTL "=2'");
	else if (setting == SYN_COOKIES_AFTER_OVERFLOW)
		cli__note(cli, SYN_COOKIES_SYSCTL
			  " is 1: SYNs pass, as 'cookie_refused', until the listener's "
			  "queue has overflowed: 'sysctl -w " SYN_COOKIES_SYSCTL
			  "=2' gives cookies from the first one on");
}

static void note_timestamps(const struct cli *cli)
{
	if (syn_cookies__timestamps() == TIMESTAMPS_WITHOUT_OFFSET)
		return;
	cli__note(cli, TIMESTAMPS_SYSCTL
		  " is not 2: cookies have the MSS as their only option, so "
		  "that connections do without window scaling, SACK and ECN: "
		  "'sysctl -w " TIMESTAMPS_SYSCTL "=2', then apply the policy again");
}

/* Return: false if it is no address of IP. */
static bool endpoint_of(const struct sockaddr *address, struct endpoint *ret)
{
	*ret = (struct endpoint){};
	if (address && address->sa_family == AF_INET) {
		ret->family = ENDPOINT_IPV4;
		memcpy(ret->address, &((const struct sockaddr_in *)address)->sin_addr, 4);
	} else if (address && address->sa_family == AF_INET6) {
		ret->family = ENDPOINT_IPV6;
		memcpy(ret->address, &((const struct sockaddr_in6 *)address)->sin6_addr, 16);
	}
	return ret->family;
}

static bool is_victim(const struct protect_rule *protect, const struct endpoint *address)
{
	for (size_t i = 0; i < protect->victims.count; i++)
		if (prefix__contains(&protect->victims.prefixes[i].prefix, address))
			return true;
	return false;
}

static bool has_local_victim(const struct protect_rule *protect, const struct ifaddrs *addresses)
{
	struct endpoint address;

	for (; addresses; addresses = addresses->ifa_next)
		if (endpoint_of(addresses->ifa_addr, &address) && is_victim(protect, &address))
			return true;
	return false;
}

void cookie_notes__print(const struct policy *policy, const struct cli *cli)
{
	struct ifaddrs *addresses = NULL;
	bool asks = false;

	if (getifaddrs(&addresses))
		addresses = NULL;
	for (size_t i = 0; i < policy->protect_count; i++) {
		const struct protect_rule *protect = &policy->protects[i];

		if (protect->action != POLICY_ACTION_COOKIE)
			continue;
		asks = true;
		if (addresses && !has_local_victim(protect, addresses))
			cli__note(cli,
				  "%s: none of its victims is an address of this host, whose "
				  "listeners alone have SYN cookies: SYNs pass, as "
				  "'cookie_refused': use 'action: challenge'",
				  protect->name);
	}
	if (addresses)
		freeifaddrs(addresses);
	if (!asks)
		return;
	note_syncookies(cli);
	note_timestamps(cli);
}
