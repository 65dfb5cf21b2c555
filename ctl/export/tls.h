// SPDX-License-Identifier: GPL-2.0-only
// tls: certificates and versions, as libmicrohttpd and GnuTLS want them.
#ifndef CTL_EXPORT_TLS_H
#define CTL_EXPORT_TLS_H

#include <microhttpd.h>

#include "common/base/errmsg.h"
#include "ctl/export/web_config.h"

struct tls {
	char *cert, *key; /* PEM; NULL: no TLS */
	char *client_ca;  /* PEM; NULL: clients need no certificate */
	char priorities[128];
};

/**
 * tls__load() - read the files that the configuration names, and check that they fit
 *
 * Return: 0 with *@ret to be freed by tls__free(), or a negative errno with @why set.
 */
int tls__load(const struct web_config *config, struct tls *ret, struct errmsg *why);

/** tls__require_certificate() - a new connection's handshake fails without a valid certificate. */
void tls__require_certificate(struct MHD_Connection *connection);

/** tls__free() - free what it holds. */
void tls__free(struct tls *tls);

#endif
