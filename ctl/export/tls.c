// SPDX-License-Identifier: GPL-2.0-only
// tls: certificates and versions, as libmicrohttpd and GnuTLS want them.
#include "ctl/export/tls.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int read_pem(const char *path, char **ret, struct errmsg *why)
{
	gnutls_datum_t datum;

	errno = 0;
	if (gnutls_load_file(path, &datum))
		return errmsg__set(why, errno ? -errno : -EIO, "%s: cannot read: %s", path,
				   strerror(errno ?: EIO));
	*ret = strndup((const char *)datum.data, datum.size);
	gnutls_memset(datum.data, 0, datum.size);
	gnutls_free(datum.data);
	return *ret ? 0 : -ENOMEM;
}

static gnutls_datum_t datum_of(char *pem)
{
	return (gnutls_datum_t){.data = (unsigned char *)pem, .size = strlen(pem)};
}

/* libmicrohttpd does not tell what is wrong with them. */
static int check_pem(const struct web_config *config, const struct tls *tls, struct errmsg *why)
{
	gnutls_datum_t cert = datum_of(tls->cert), key = datum_of(tls->key);
	gnutls_certificate_credentials_t credentials;
	int code;

	if (gnutls_certificate_allocate_credentials(&credentials))
		return -ENOMEM;
	code = gnutls_certificate_set_x509_key_mem(credentials, &cert, &key, GNUTLS_X509_FMT_PEM);
	if (code < 0) {
		gnutls_certificate_free_credentials(credentials);
		return errmsg__set(why, -EINVAL, "%s, %s: not a certificate with its key: %s",
				   config->cert_file, config->key_file, gnutls_strerror(code));
	}
	if (tls->client_ca) {
		gnutls_datum_t ca = datum_of(tls->client_ca);

		code = gnutls_certificate_set_x509_trust_mem(credentials, &ca, GNUTLS_X509_FMT_PEM);
	}
	gnutls_certificate_free_credentials(credentials);
	if (tls->client_ca && code < 1)
		return errmsg__set(why, -EINVAL, "%s: has no certificate: %s",
				   config->client_ca_file,
				   code ? gnutls_strerror(code) : "it is empty");
	return 0;
}

static void set_priorities(const struct web_config *config, struct tls *tls)
{
	static const char *const versions[] = {
		[WEB_TLS_1_0] = "TLS1.0",
		[WEB_TLS_1_1] = "TLS1.1",
		[WEB_TLS_1_2] = "TLS1.2",
		[WEB_TLS_1_3] = "TLS1.3",
	};
	size_t used;

	used = snprintf(tls->priorities, sizeof(tls->priorities), "NORMAL:-VERS-ALL");
	for (int i = config->min_version; i <= config->max_version; i++)
		used += snprintf(tls->priorities + used, sizeof(tls->priorities) - used,
				 ":+VERS-%s", versions[i]);
}

int tls__load(const struct web_config *config, struct tls *ret, struct errmsg *why)
{
	int err;

	*ret = (struct tls){};
	if (!config->cert_file[0])
		return 0;
	set_priorities(config, ret);
	err = read_pem(config->cert_file, &ret->cert, why);
	if (err)
		goto out;
	err = read_pem(config->key_file, &ret->key, why);
	if (err)
		goto out;
	if (config->client_ca_file[0])
		err = read_pem(config->client_ca_file, &ret->client_ca, why);
	if (!err)
		err = check_pem(config, ret, why);
out:
	if (err)
		tls__free(ret);
	return err;
}

void tls__require_certificate(struct MHD_Connection *connection)
{
	static gnutls_typed_vdata_st purpose = {
		.type = GNUTLS_DT_KEY_PURPOSE_OID,
		.data = (unsigned char *)GNUTLS_KP_TLS_WWW_CLIENT,
	};
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	gnutls_session_t session = info->tls_session;

	gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUIRE);
	gnutls_session_set_verify_cert2(session, &purpose, 1, 0);
}

void tls__free(struct tls *tls)
{
	if (tls->key)
		gnutls_memset(tls->key, 0, strlen(tls->key));
	free(tls->cert);
	free(tls->key);
	free(tls->client_ca);
	*tls = (struct tls){};
}
