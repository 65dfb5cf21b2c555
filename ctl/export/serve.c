// SPDX-License-Identifier: GPL-2.0-only
// serve: listen, and answer HTTP requests until a signal.
#include "ctl/export/serve.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "common/base/advice.h"
#include "common/base/clock.h"
#include "common/netdev/netns.h"
#include "ctl/export/export_options.h"
#include "ctl/export/http.h"
#include "ctl/export/listen.h"
#include "ctl/export/routes.h"
#include "ctl/monitor/ticker.h"

/* Options that mean nothing for sockets that systemd has passed. */
static const char *const where_to_listen[] = {"listen", "listen-netns"};

static int listen_inherited(const struct cli *cli, struct listeners *listeners, struct errmsg *why)
{
	int count = listeners__inherit(listeners, why);

	for (size_t i = 0; count > 0 && i < sizeof(where_to_listen) / sizeof(where_to_listen[0]);
	     i++)
		if (cli__given(cli, where_to_listen[i]))
			return errmsg__usage(why,
					     "--%s: systemd has passed sockets already: leave it "
					     "out, or stop the socket unit",
					     where_to_listen[i]);
	return count;
}

/* In the namespace that it was started in, unless another one is asked for. */
static int listen_by_options(const struct cli *cli, struct listeners *listeners, struct errmsg *why)
{
	const struct export_options *options = cli->options;
	struct netns netns = {.fd = cli->home_netns};
	int err = 0, back = -1;

	if (options->listen_netns)
		netns.fd = netns__open("--listen-netns", options->listen_netns, why);
	if (options->listen_netns && netns.fd < 0)
		return netns.fd;
	if (netns.fd >= 0)
		back = netns__enter(&netns);
	if (netns.fd >= 0 && back < 0)
		return advice__set(why, ADVICE_ENTER_NETNS, back, "--listen-netns: entering it");
	for (size_t i = 0; !err && i < options->listen.count; i++)
		err = listeners__open(listeners, "--listen", options->listen.words[i], why);
	if (back >= 0)
		netns__leave(back);
	if (options->listen_netns)
		close(netns.fd);
	return err;
}

static void print_listeners(const struct listeners *listeners, const char *scheme,
			    const char *netns)
{
	for (size_t i = 0; i < listeners->count; i++) {
		const struct listener *listener = &listeners->list[i];

		if (listener->is_unix)
			printf("listening on %s\n", listener->address);
		else
			printf("listening on %s://%s/%s%s\n", scheme, listener->address,
			       netns ? " in network namespace " : "", netns ?: "");
	}
	fflush(stdout);
}

static void every_second(struct exporter *exporter, const struct cli *cli, struct http *http)
{
	struct errmsg why = {};

	exporter__add_to_history(exporter);
	if (http__reload(http, &why))
		cli__note(cli, "%s: the previous configuration stays", why.text);
}

static int serve_until_signal(struct exporter *exporter, const struct cli *cli, struct http *http,
			      struct errmsg *why)
{
	struct ticker ticker;
	int err;

	err = ticker__open(NS_PER_S, &ticker, why);
	if (err)
		return err;
	ticker.outlives_reader = true;
	exporter__add_to_history(exporter);
	for (;;) {
		enum ticker_event event = ticker__wait(&ticker, http__fd(http));

		if (event == TICKER_END)
			break;
		if (event == TICKER_TICK)
			every_second(exporter, cli, http);
		http__serve(http);
	}
	ticker__close(&ticker);
	return 0;
}

int serve__run(struct exporter *exporter, const struct cli *cli, struct errmsg *why)
{
	const struct export_options *options = cli->options;
	struct listeners listeners = {};
	struct http_config config = {
		.routes = export_routes,
		.context = exporter,
		.listeners = &listeners,
		.allowed_hosts = options->allow_host.words,
		.allowed_hosts_count = options->allow_host.count,
		.web_config = options->web_config,
	};
	struct http *http = NULL;
	int err;

	signal(SIGPIPE, SIG_IGN);
	err = exporter__refresh(exporter, why);
	if (err)
		return err;
	err = listen_inherited(cli, &listeners, why);
	if (!err)
		err = listen_by_options(cli, &listeners, why);
	if (err < 0)
		goto out;
	err = http__open(&config, &http, why);
	if (err)
		goto out;
	print_listeners(&listeners, http__scheme(http), options->listen_netns);
	err = serve_until_signal(exporter, cli, http, why);
out:
	http__close(http);
	listeners__close(&listeners);
	return err;
}
