// SPDX-License-Identifier: GPL-2.0-only
// host: the machine that the figures were measured on, without its name.
#include "perf/host.h"

#include <bpf/libbpf.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#define VULNERABILITIES "/sys/devices/system/cpu/vulnerabilities"
#define CACHE "/sys/devices/system/cpu/cpu0/cache/index%d/%s"
#define MAX_CACHES 8

/* The compiler of the BPF programs, from the Makefile. */
#ifndef CLANG_VERSION
#define CLANG_VERSION "unknown"
#endif

/* The first line of a file, or an empty string. */
static const char *host_read_line(const char *path, char *buf, int buf_bytes)
{
	FILE *file = fopen(path, "re");

	buf[0] = '\0';
	if (!file)
		return buf;
	if (!fgets(buf, buf_bytes, file))
		buf[0] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	fclose(file);
	return buf;
}

/* The value after a key and its separators, from a file of such lines. */
static json_t *host_find_value(const char *path, const char *key, const char *separators)
{
	FILE *file = fopen(path, "re");
	char line[1024];
	json_t *found = NULL;

	while (file && !found && fgets(line, sizeof(line), file)) {
		char *value = line + strlen(key);

		if (strncmp(line, key, strlen(key)) || !strchr(separators, *value))
			continue;
		value += strspn(value, separators);
		value[strcspn(value, "\"\n")] = '\0';
		found = json_string(value);
	}
	if (file)
		fclose(file);
	return found ?: json_string("unknown");
}

/* {"L1d": "48K", "L2": "1024K", ...} of the first CPU. */
static json_t *host_caches(void)
{
	json_t *object = json_object();
	char path[128], level[8], type[32], size[32], name[16];

	for (int i = 0; i < MAX_CACHES; i++) {
		snprintf(path, sizeof(path), CACHE, i, "level");
		host_read_line(path, level, sizeof(level));
		snprintf(path, sizeof(path), CACHE, i, "type");
		host_read_line(path, type, sizeof(type));
		snprintf(path, sizeof(path), CACHE, i, "size");
		if (!level[0] || !host_read_line(path, size, sizeof(size))[0])
			break;
		snprintf(name, sizeof(name), "L%.1s%s", level,
			 type[0] == 'D'   ? "d"
			 : type[0] == 'I' ? "i"
					  : "");
		json_object_set_new(object, name, json_string(size));
	}
	return object;
}

/* Without those that do not affect this CPU. */
static json_t *host_mitigations(void)
{
	json_t *object = json_object();
	DIR *directory = opendir(VULNERABILITIES);
	const struct dirent *entry;
	char path[512], text[512];

	while (directory && (entry = readdir(directory))) {
		snprintf(path, sizeof(path), "%s/%s", VULNERABILITIES, entry->d_name);
		if (entry->d_name[0] == '.' || !host_read_line(path, text, sizeof(text))[0] ||
		    !strcmp(text, "Not affected"))
			continue;
		json_object_set_new(object, entry->d_name, json_string(text));
	}
	if (directory)
		closedir(directory);
	return object;
}

static json_t *host_jit(void)
{
	char enable[16], harden[16];

	return json_pack(
		"{s:s, s:s}", "enable",
		host_read_line("/proc/sys/net/core/bpf_jit_enable", enable, sizeof(enable)),
		"harden",
		host_read_line("/proc/sys/net/core/bpf_jit_harden", harden, sizeof(harden)));
}

json_t *host__to_json(void)
{
	struct sysinfo system = {};
	struct utsname kernel = {};

	uname(&kernel);
	sysinfo(&system);
	return json_pack("{s:o, s:I, s:o, s:I, s:s, s:s, s:o, s:o, s:o, s:s, s:s, s:s}",
			 "cpu_model", host_find_value("/proc/cpuinfo", "model name", "\t: "),
			 "cpus", (json_int_t)sysconf(_SC_NPROCESSORS_ONLN), "caches", host_caches(),
			 "memory_mib",
			 (json_int_t)((unsigned long long)system.totalram * system.mem_unit >> 20),
			 "kernel", kernel.release, "machine", kernel.machine, "distribution",
			 host_find_value("/etc/os-release", "PRETTY_NAME", "=\""), "jit",
			 host_jit(), "mitigations", host_mitigations(), "clang", CLANG_VERSION,
			 "libbpf", libbpf_version_string(), "compiler", __VERSION__);
}

json_t *host__load(void)
{
	double load[3] = {};

	if (getloadavg(load, 3) < 3)
		return json_null();
	return json_pack("[f, f, f]", load[0], load[1], load[2]);
}
