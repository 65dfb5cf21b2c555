// SPDX-License-Identifier: GPL-2.0-only
// passwords: HTTP's basic authentication against bcrypt hashes.
#include "ctl/export/passwords.h"

#include <linux/types.h>
#include <crypt.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/base/clock.h"

#define SCHEME "Basic "
#define DIGEST_BYTES 32
#define MAX_WRONG 10 /* are checked at once */
#define REMEMBERED_WRONG 16

/* Of credentials, with a secret key: nothing is learned from it, or from how it compares. */
struct digest {
	unsigned char bytes[DIGEST_BYTES];
};

struct passwords {
	const struct web_user *users;
	size_t count;
	unsigned char key[DIGEST_BYTES];
	struct digest wrong[REMEMBERED_WRONG]; /* the latest; the key makes zeros impossible */
	size_t wrong_count;                    /* ever */
	__u64 free_at_ns;                      /* when the wrong ones so far are paid for */
	struct crypt_data scratch;             /* 32 KiB */
	struct digest right[];                 /* the latest of each user */
};

struct passwords *passwords__new(const struct web_user *users, size_t count)
{
	struct passwords *passwords =
		calloc(1, sizeof(*passwords) + count * sizeof(passwords->right[0]));

	if (!passwords)
		return NULL;
	passwords->users = users;
	passwords->count = count;
	if (!gnutls_rnd(GNUTLS_RND_KEY, passwords->key, sizeof(passwords->key)))
		return passwords;
	free(passwords);
	return NULL;
}

static bool digests_have(const struct digest *list, size_t count, const struct digest *digest)
{
	bool found = false;

	for (size_t i = 0; i < count; i++)
		found |= !gnutls_memcmp(&list[i], digest, sizeof(*digest));
	return found;
}

/* An unknown user's password is hashed, too: the time does not tell who exists. */
static size_t find_user(const struct passwords *passwords, const char *name, bool *ret_known)
{
	for (size_t i = 0; i < passwords->count; i++) {
		*ret_known = !strcmp(passwords->users[i].name, name);
		if (*ret_known)
			return i;
	}
	return 0;
}

static bool hash_matches(struct passwords *passwords, const char *password, const char *hash)
{
	const char *result = crypt_r(password, hash, &passwords->scratch);
	bool matches = result && strlen(result) == strlen(hash) &&
		       !gnutls_memcmp(result, hash, strlen(hash));

	gnutls_memset(&passwords->scratch, 0, sizeof(passwords->scratch));
	return matches;
}

static void remember_wrong(struct passwords *passwords, const struct digest *digest)
{
	__u64 now_ns = clock__now_ns();

	passwords->wrong[passwords->wrong_count++ % REMEMBERED_WRONG] = *digest;
	if (passwords->free_at_ns < now_ns)
		passwords->free_at_ns = now_ns;
	passwords->free_at_ns += NS_PER_S;
}

/* @credentials: "name:password", of which the colon is replaced. */
static enum passwords_verdict check_credentials(struct passwords *passwords, char *credentials)
{
	char *colon = strchr(credentials, ':');
	struct digest digest;
	bool known = false;
	size_t user;

	if (!colon || gnutls_hmac_fast(GNUTLS_MAC_SHA256, passwords->key, sizeof(passwords->key),
				       credentials, strlen(credentials), digest.bytes))
		return PASSWORD_WRONG;
	if (digests_have(passwords->right, passwords->count, &digest))
		return PASSWORD_RIGHT;
	if (digests_have(passwords->wrong, REMEMBERED_WRONG, &digest))
		return PASSWORD_WRONG;
	if (passwords->free_at_ns > clock__now_ns() + (MAX_WRONG - 1) * NS_PER_S)
		return PASSWORD_LATER;
	*colon = '\0';
	user = find_user(passwords, credentials, &known);
	if (hash_matches(passwords, colon + 1, passwords->users[user].hash) && known) {
		passwords->right[user] = digest;
		return PASSWORD_RIGHT;
	}
	remember_wrong(passwords, &digest);
	return PASSWORD_WRONG;
}

enum passwords_verdict passwords__check(struct passwords *passwords, const char *authorization)
{
	enum passwords_verdict verdict = PASSWORD_WRONG;
	gnutls_datum_t encoded, decoded;
	char *credentials;

	if (!authorization || strncasecmp(authorization, SCHEME, strlen(SCHEME)))
		return PASSWORD_WRONG;
	authorization += strlen(SCHEME);
	authorization += strspn(authorization, " ");
	encoded.data = (unsigned char *)authorization;
	encoded.size = strlen(authorization);
	if (gnutls_base64_decode2(&encoded, &decoded))
		return PASSWORD_WRONG;
	credentials = strndup((const char *)decoded.data, decoded.size);
	/* A NUL byte would end the password early. */
	if (credentials && strlen(credentials) == decoded.size)
		verdict = check_credentials(passwords, credentials);
	if (credentials)
		gnutls_memset(credentials, 0, strlen(credentials));
	free(credentials);
	gnutls_memset(decoded.data, 0, decoded.size);
	gnutls_free(decoded.data);
	return verdict;
}

void passwords__free(struct passwords *passwords)
{
	free(passwords);
}
