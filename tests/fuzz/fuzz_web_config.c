// SPDX-License-Identifier: GPL-2.0-only
// fuzz_web_config: arbitrary bytes as the exporter's web configuration file.
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "ctl/export/web_config.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/memory_file.h"

static void store(const char *path, const __u8 *data, size_t size)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	MUST(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	close(fd);
}

/* One line that names a line and a column of the file. */
static void check_error(const struct errmsg *why, const char *path, const __u8 *data, size_t size)
{
	unsigned long line, column, lines = 2;
	char *end;

	MUST(!strchr(why->text, '\n') && !strncmp(why->text, path, strlen(path)));
	if (size > 64 * 1024)
		return;
	/* libyaml counts CR, NEL, LS and PS as well: at most one in a byte. */
	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n' || data[i] == '\r' || data[i] >= 0x80 || !data[i];
	line = strtoul(why->text + strlen(path) + 1, &end, 10);
	MUST(line && line <= lines && *end == ':');
	column = strtoul(end + 1, &end, 10);
	MUST(column && column <= size + 1 && *end == ':' && end[1] == ' ' && end[2]);
}

static void check_config(const struct web_config *config)
{
	MUST(!config->cert_file[0] == !config->key_file[0]);
	MUST(config->min_version >= WEB_TLS_1_0 && config->max_version <= WEB_TLS_1_3);
	MUST(config->min_version <= config->max_version);
	MUST(config->users_count <= WEB_MAX_USERS);
	for (size_t i = 0; i < config->users_count; i++) {
		MUST(config->users[i].name[0] && !strchr(config->users[i].name, ':'));
		MUST(strlen(config->users[i].hash) == WEB_HASH_BYTES);
	}
}

int LLVMFuzzerTestOneInput(const __u8 *data, size_t size)
{
	const char *path = memory_file__path();
	struct web_config config;
	struct errmsg why = {};

	store(path, data, size);
	if (web_config__load(path, &config, &why)) {
		check_error(&why, path, data, size);
		return 0;
	}
	check_config(&config);
	web_config__free(&config);
	return 0;
}
