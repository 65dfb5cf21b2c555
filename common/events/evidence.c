// SPDX-License-Identifier: GPL-2.0-only
// evidence: samples of packets in a pcapng file that says what became of each of them, and why.
#include "common/events/evidence.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "common/base/lock_holder.h"
#include "common/capture/pcapng_cut.h"
#include "common/capture/pcapng_write.h"
#include "common/counts/policy_counts.h"
#include "common/counts/snapshot.h"

#define BUFFER_BYTES (256 << 10)

struct evidence {
	struct evidence_config config;
	char path[PATH_MAX]; /* of the present file */
	FILE *file;          /* NULL: none is open */
	char *buffer;        /* of stdio */
	bool is_stdout;
	__u32 number;        /* of the present file */
	__u64 flushed_bytes; /* all in whole blocks */
	__u64 bytes;         /* of this file, about */
	__u64 written;       /* samples */
	struct evidence_counts counts[EVIDENCE_MAX_DEVICES];
	__u64 delivered[EVIDENCE_MAX_DEVICES];
	__u64 last_ns; /* time of the last sample */
};

static const char *part_of(const char *path, char buf[PATH_MAX + sizeof(EVIDENCE_PART)])
{
	snprintf(buf, PATH_MAX + sizeof(EVIDENCE_PART), "%s" EVIDENCE_PART, path);
	return buf;
}

/* As tcpdump names them: NAME, NAME1, NAME2; in a ring NAME0 to NAME9. */
static void name_file(struct evidence *evidence)
{
	const struct evidence_config *config = &evidence->config;
	int digits = config->files > 1000  ? 4
		     : config->files > 100 ? 3
		     : config->files > 10  ? 2
					   : 1;
	char number[32] = "";

	if (config->file_bytes && config->files)
		snprintf(number, sizeof(number), "%0*u", digits, evidence->number % config->files);
	else if (evidence->number)
		snprintf(number, sizeof(number), "%u", evidence->number);
	snprintf(evidence->path, sizeof(evidence->path), "%s%s", config->path, number);
}

static int lock_part(int fd, const char *part, struct errmsg *why)
{
	char holder[LOCK_HOLDER_BYTES];

	if (!flock(fd, LOCK_EX | LOCK_NB))
		return 0;
	if (errno != EWOULDBLOCK)
		return errmsg__set(why, -errno, "%s: cannot lock it: %s", part, strerror(errno));
	return errmsg__set(why, -EBUSY, "%s: %s writes to it", part,
			   lock_holder__describe(fd, holder));
}

/* An open file keeps its lock until it is closed. */
static int open_part(const char *path, int flags, struct errmsg *why)
{
	char part[PATH_MAX + sizeof(EVIDENCE_PART)];
	int err, fd;

	fd = open(part_of(path, part), flags | O_NOFOLLOW | O_CLOEXEC, EVIDENCE_MODE);
	if (fd < 0)
		return errmsg__set(why, -errno, "%s: cannot open it: %s", part, strerror(errno));
	err = lock_part(fd, part, why);
	if (!err && flags & O_CREAT && (ftruncate(fd, 0) || fchmod(fd, EVIDENCE_MODE)))
		err = errmsg__set(why, -errno, "%s: cannot write: %s", part, strerror(errno));
	if (!err)
		return fd;
	close(fd);
	return err;
}

int evidence__recover(const char *path, const char *to, struct errmsg *why)
{
	char part[PATH_MAX + sizeof(EVIDENCE_PART)];
	int blocks, fd;

	if (access(part_of(path, part), F_OK))
		return 0;
	fd = open_part(path, O_RDWR, why);
	if (fd < 0)
		return fd;
	blocks = pcapng__cut(fd);
	if (blocks > 0 && rename(part, to))
		blocks = -errno;
	else if (!blocks && unlink(part))
		blocks = -errno;
	close(fd);
	if (blocks < 0)
		return errmsg__set(why, blocks, "%s: cannot recover it: %s", part,
				   strerror(-blocks));
	return blocks > 0;
}

static void write_head(struct evidence *evidence)
{
	const struct evidence_config *config = &evidence->config;
	char os[PCAPNG_TEXT_MAX + 1] = "";
	struct utsname name;
	struct pcapng_section section = {
		.comment = config->comment, .os = os, .application = "xdpctl " VERSION};

	if (!uname(&name))
		snprintf(os, sizeof(os), "%s %s", name.sysname, name.release);
	pcapng__write_section(evidence->file, &section);
	for (size_t i = 0; i < config->device_count; i++) {
		const struct evidence_device *device = &config->devices[i];

		pcapng__write_device(evidence->file, &(struct pcapng_device){
							     .name = device->name,
							     .description = device->description,
							     .snaplen = config->snaplen,
							     .linktype = device->linktype,
						     });
	}
}

static int evidence_write_failed(struct evidence *evidence, struct errmsg *why)
{
	int err = errno ? -errno : -EIO;

	/* What is in the buffer begins with whole blocks, but may not have gone out as a whole. */
	if (!evidence->is_stdout && ftruncate(fileno(evidence->file), evidence->flushed_bytes))
		err = -errno;
	return errmsg__set(why, err, "%s: cannot write: %s",
			   evidence->is_stdout ? "standard output" : evidence->path,
			   strerror(-err));
}

static int evidence_begin_file(struct evidence *evidence, struct errmsg *why)
{
	int fd;

	name_file(evidence);
	fd = evidence->is_stdout ? fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)
				 : open_part(evidence->path, O_RDWR | O_CREAT, why);
	if (fd < 0)
		return evidence->is_stdout
			       ? errmsg__set(why, -errno, "standard output: %s", strerror(errno))
			       : fd;
	evidence->file = fdopen(fd, "w");
	if (!evidence->file) {
		close(fd);
		return errmsg__set(why, -ENOMEM, "%s: out of memory", evidence->path);
	}
	setvbuf(evidence->file, evidence->buffer, _IOFBF, BUFFER_BYTES);
	evidence->flushed_bytes = evidence->bytes = 0;
	write_head(evidence);
	return evidence__flush(evidence, why);
}

static void write_counts(struct evidence *evidence)
{
	for (__u32 i = 0; i < evidence->config.device_count; i++) {
		const struct evidence_counts *counts = &evidence->counts[i];

		pcapng__write_statistics(evidence->file,
					 &(struct pcapng_statistics){
						 .device = i,
						 .time_ns = evidence->last_ns,
						 .received = counts->frames,
						 .accepted = counts->taken,
						 .dropped = counts->overrun,
						 .delivered = evidence->delivered[i],
					 });
	}
}

static int evidence_end_file(struct evidence *evidence, struct errmsg *why)
{
	char part[PATH_MAX + sizeof(EVIDENCE_PART)];
	int err;

	write_counts(evidence);
	err = evidence__flush(evidence, why);
	if (!err && !evidence->is_stdout && rename(part_of(evidence->path, part), evidence->path))
		err = errmsg__set(why, -errno, "%s: cannot rename it: %s", part, strerror(errno));
	fclose(evidence->file);
	evidence->file = NULL;
	return err;
}

int evidence__open(const struct evidence_config *config, struct evidence **ret, struct errmsg *why)
{
	struct evidence *evidence = calloc(1, sizeof(*evidence));
	int err;

	if (!evidence)
		return errmsg__set(why, -ENOMEM, "out of memory");
	evidence->config = *config;
	evidence->is_stdout = !strcmp(config->path, "-");
	evidence->buffer = malloc(BUFFER_BYTES);
	err = evidence->buffer ? evidence_begin_file(evidence, why)
			       : errmsg__set(why, -ENOMEM, "out of memory");
	if (!err) {
		*ret = evidence;
		return 0;
	}
	if (evidence->file)
		fclose(evidence->file);
	free(evidence->buffer);
	free(evidence);
	return err;
}

static int rotate(struct evidence *evidence, struct errmsg *why)
{
	int err = evidence_end_file(evidence, why);

	evidence->number++;
	return err ? err : evidence_begin_file(evidence, why);
}

const char *evidence__comment(const struct sample_slot *slot, const char *rule,
			      char buf[EVIDENCE_COMMENT_BYTES])
{
	bool has_reason = slot->verdict & SAMPLE_BY_REASON && slot->gate < REASON_COUNT;
	__u8 verdict = slot->verdict & SAMPLE_VERDICT_MASK;

	snprintf(buf, EVIDENCE_COMMENT_BYTES, "verdict=%s%s%s%s%s class=%s every=%u",
		 verdict < VERDICT_COUNT ? verdict_names[verdict] : "unknown",
		 has_reason ? " reason=" : "", has_reason ? reason_names[slot->gate] : "",
		 rule && *rule ? " rule=" : "", rule ? rule : "",
		 slot->class < CLASS_COUNT ? frame_class_names[slot->class] : "unknown",
		 slot->every);
	return buf;
}

int evidence__add(struct evidence *evidence, const struct evidence_packet *packet,
		  struct errmsg *why)
{
	const struct evidence_config *config = &evidence->config;
	const struct sample_slot *slot = packet->slot;
	char comment[EVIDENCE_COMMENT_BYTES];
	const struct capture_frame frame = {.data = packet->bytes,
					    .captured_bytes = slot->captured,
					    .wire_bytes = slot->length,
					    .timestamp_ns = packet->wall_ns};
	const struct pcapng_packet more = {
		.device = packet->device,
		.queue = slot->queue,
		.id = evidence->written,
		.dropped = packet->lost,
		.verdict = config->plain ? -1 : (int)(slot->verdict & SAMPLE_VERDICT_MASK),
		.comment = evidence__comment(slot, packet->rule, comment),
	};
	int err = 0;

	if (config->file_bytes && evidence->bytes >= config->file_bytes)
		err = rotate(evidence, why);
	if (err)
		return err;
	evidence->bytes += pcapng__write_packet(evidence->file, &frame, &more);
	evidence->written++;
	evidence->delivered[packet->device]++;
	evidence->last_ns = packet->wall_ns;
	return ferror_unlocked(evidence->file) ? evidence_write_failed(evidence, why) : 0;
}

void evidence__count(struct evidence *evidence, __u32 device, const struct evidence_counts *counts)
{
	evidence->counts[device] = *counts;
}

int evidence__flush(struct evidence *evidence, struct errmsg *why)
{
	off_t end;

	if (fflush(evidence->file))
		return evidence_write_failed(evidence, why);
	end = evidence->is_stdout ? 0 : ftello(evidence->file);
	if (end >= 0)
		evidence->flushed_bytes = end;
	return 0;
}

__u64 evidence__written(const struct evidence *evidence)
{
	return evidence->written;
}

int evidence__close(struct evidence *evidence, struct errmsg *why)
{
	int err = 0;

	if (!evidence)
		return 0;
	if (evidence->file)
		err = evidence_end_file(evidence, why);
	free(evidence->buffer);
	free(evidence);
	return err;
}
