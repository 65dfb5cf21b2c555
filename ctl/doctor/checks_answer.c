// SPDX-License-Identifier: GPL-2.0-only
// checks_answer: whether a policy can answer SYNs on an interface, and what would help.
#include <linux/bpf.h>
#include <stdio.h>

#include "common/attach/answers.h"
#include "common/counts/snapshot.h"
#include "common/dataplane/answer_test.h"
#include "common/netdev/syn_cookies.h"
#include "common/netdev/tx_failed.h"
#include "ctl/doctor/findings.h"

/* Where a program runs now, or would be attached. */
static enum attach_mode answer_mode(const struct netdev *netdev)
{
	struct xdp_hook_state state;
	__u32 id = 0;

	if (!xdp_hook__query(netdev->ifindex, &state, NULL))
		id = xdp_hook_state__any(&state);
	if (id)
		return xdp_hook_state__mode_of(&state, id);
	return netdev->xdp_known && !(netdev->xdp & NETDEV_XDP_BASIC) ? ATTACH_GENERIC
								      : ATTACH_NATIVE;
}

static void look_path(const void *row, const struct netdev *netdev, struct finding *ret)
{
	enum attach_mode mode = answer_mode(netdev);
	struct answers_obstacle obstacle;

	(void)row;
	if (mode == ATTACH_OFFLOAD)
		finding__set(ret, CHECK_PROBLEM, "attach it natively",
			     "no policy rules in offload mode");
	else if (answers__find_obstacle(netdev, mode, &obstacle))
		finding__set(ret, CHECK_PROBLEM, obstacle.remedy, "%s", obstacle.reason);
	else
		finding__set(ret, CHECK_OK, NULL, "%s mode: nothing is known to stop answers",
			     attach_mode_names[mode]);
}

static void look_program(const void *row, const struct netdev *netdev, struct finding *ret)
{
	struct errmsg why = {};
	int verdict = answer_test__run(&why);

	(void)row;
	(void)netdev;
	if (verdict == XDP_TX)
		finding__set(ret, CHECK_OK, NULL,
			     "a SYN is answered in a test run; nothing is sent");
	else if (verdict < 0)
		finding__set(ret, CHECK_PROBLEM, NULL, "%s", why.text);
	else
		finding__set(ret, CHECK_PROBLEM, NULL,
			     "a SYN is not answered in a test run: verdict %s",
			     verdict < VERDICT_COUNT ? verdict_names[verdict] : "unknown");
}

static void look_lost(const void *row, const struct netdev *netdev, struct finding *ret)
{
	__u64 failed;

	(void)row;
	if (tx_failed__read(netdev->name, &failed))
		finding__set(ret, CHECK_UNKNOWN, NULL,
			     "the driver has no counter of frames that XDP sends and it loses");
	else if (failed)
		finding__set(ret, CHECK_WARNING, NULL,
			     "%llu frames that XDP sent were lost by the driver", failed);
	else
		finding__set(ret, CHECK_OK, NULL, "none of what XDP has sent");
	if (ret->state == CHECK_WARNING)
		finding__remedy(ret, "'ethtool -S %s' shows whether it still grows", netdev->name);
}

/* For 'action: cookie' alone. */
static void look_cookies(const void *row, const struct netdev *netdev, struct finding *ret)
{
	int setting = syn_cookies__read();

	(void)row;
	(void)netdev;
	if (setting < 0)
		finding__set(ret, CHECK_UNKNOWN, NULL, SYN_COOKIES_SYSCTL " cannot be read");
	else if (setting == SYN_COOKIES_ALWAYS)
		finding__set(ret, CHECK_OK, NULL, "'action: cookie' answers from the first SYN on");
	else
		finding__set(ret, CHECK_WARNING,
			     "for 'action: cookie': sysctl -w " SYN_COOKIES_SYSCTL "=2",
			     "'action: cookie' lets SYNs pass%s: " SYN_COOKIES_SYSCTL " is %d",
			     setting == SYN_COOKIES_AFTER_OVERFLOW
				     ? " until a listener's queue has overflowed"
				     : "",
			     setting);
}

static void look_cookie_options(const void *row, const struct netdev *netdev, struct finding *ret)
{
	struct syn_cookie_options options;

	(void)row;
	(void)netdev;
	syn_cookies__read_options(&options);
	if (options.timestamps)
		finding__set(ret, CHECK_OK, NULL,
			     "'action: cookie' carries timestamps%s%s%s, as of the last 'policy "
			     "apply'",
			     options.window_scaling ? ", window scaling" : "",
			     options.sack ? ", SACK" : "", options.ecn ? ", ECN" : "");
	else
		finding__set(ret, CHECK_WARNING,
			     "for 'action: cookie': sysctl -w " TIMESTAMPS_SYSCTL
			     "=2, then apply the policy again",
			     "'action: cookie' answers with the MSS alone: no window scaling, "
			     "SACK, or ECN: " TIMESTAMPS_SYSCTL " is not 2");
}

const struct check doctor_answer_checks[] = {
	{"answer-program", look_program, NULL},
	{"answer-path", look_path, NULL},
	{"answers-lost", look_lost, NULL},
	{"syn-cookies", look_cookies, NULL},
	{"syn-cookie-options", look_cookie_options, NULL},
	{},
};
