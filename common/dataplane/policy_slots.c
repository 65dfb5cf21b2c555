// SPDX-License-Identifier: GPL-2.0-only
// policy_slots: which policy is the candidate and which one is confirmed, and their switches.
//
// A program looks a policy's map up once a frame, so that each frame sees one policy as a whole.
// The kernel replaces the map in a slot in one step, and returns when no program uses the old one.
#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/base/advice.h"
#include "common/dataplane/policy_maps.h"

static const char *const slot_names[POLICY_SLOTS] = {
	[POLICY_CANDIDATE] = "candidate",
	[POLICY_CONFIRMED] = "confirmed",
};

int policy_maps__open_policy(const struct policy_maps *maps, enum policy_slot slot,
			     struct errmsg *why)
{
	__u32 key = slot, id;
	int err, fd;

	err = bpf_map_lookup_elem(policy_maps__fd(maps, "policies"), &key, &id);
	if (err == -ENOENT)
		return err;
	fd = err ?: bpf_map_get_fd_by_id(id);
	return fd < 0 ? advice__set(why, ADVICE_OPEN_PIN, fd, "cannot open the %s policy",
				    slot_names[slot])
		      : fd;
}

static int policy_read_header(int fd, struct policy_header *ret)
{
	const struct policy_header *header =
		mmap(NULL, sizeof(*header), PROT_READ, MAP_SHARED, fd, 0);

	if (header == MAP_FAILED)
		return -errno;
	*ret = *header;
	munmap((void *)header, sizeof(*header));
	return 0;
}

int policy_maps__header(const struct policy_maps *maps, enum policy_slot slot,
			struct policy_header *ret, struct errmsg *why)
{
	int err, fd = policy_maps__open_policy(maps, slot, why);

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	err = policy_read_header(fd, ret);
	close(fd);
	return err ? errmsg__set(why, err, "cannot read the %s policy: %s", slot_names[slot],
				 strerror(-err))
		   : 1;
}

static void set_mode(struct policy_slot_state *state, __u8 rule, enum rule_mode mode)
{
	if (rule)
		state->modes[rule] = mode;
}

static void set_modes(const struct policy_image *image, struct policy_slot_state *state)
{
	const struct policy_header *header = &image->header;

	for (int i = 0; i < POLICY_DECISIONS; i++) {
		const struct policy_decision *decision = &image->decisions[i];

		set_mode(state, decision->management_rule, RULE_ENFORCED);
		for (int listing = 0; listing < LISTING_COUNT; listing++)
			set_mode(state, decision->rules[listing],
				 listing == LISTED_DENY_SHADOW ? RULE_SHADOW : RULE_ENFORCED);
	}
	for (int i = 0; i < POLICY_PROTECTS; i++)
		set_mode(state, image->protects[i].rule,
			 image->protects[i].shadow ? RULE_SHADOW : RULE_ENFORCED);
	set_mode(state, header->limit.rule, header->limit.shadow ? RULE_SHADOW : RULE_ENFORCED);
	set_mode(state, header->tiny_fragment_rule,
		 header->tiny_fragment_shadow ? RULE_SHADOW : RULE_ENFORCED);
}

/* As policy__has_answers(), of a compiled policy. */
static bool image_has_answers(const struct policy_image *image)
{
	const struct policy_limit *limit = &image->header.limit;

	if (limit->rule && !limit->shadow)
		return true;
	for (int i = 0; i < POLICY_PROTECTS; i++)
		if (image->protects[i].rule && !image->protects[i].shadow &&
		    image->protects[i].action != POLICY_ACTION_DROP)
			return true;
	return false;
}

/* Return: 0, also for an empty slot, or a negative errno with @why set. */
static int describe_slot(const struct policy_maps *maps, enum policy_slot slot,
			 struct policy_slot_state *ret, struct errmsg *why)
{
	int fd = policy_maps__open_policy(maps, slot, why);
	const struct policy_image *image;

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	image = mmap(NULL, sizeof(*image), PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	if (image == MAP_FAILED)
		return errmsg__set(why, -errno, "cannot read the %s policy: %s", slot_names[slot],
				   strerror(errno));
	*ret = (struct policy_slot_state){
		.generation = image->header.generation,
		.deadline = image->header.deadline,
		.is_set = true,
		.has_answers = image_has_answers(image),
	};
	memcpy(ret->digest, image->header.digest, sizeof(ret->digest));
	set_modes(image, ret);
	munmap((void *)image, sizeof(*image));
	return 0;
}

/* Readers and writers of a map of one element. */
static int write_element(const struct policy_maps *maps, const char *name, const void *value,
			 struct errmsg *why)
{
	__u32 zero = 0;
	int err = bpf_map_update_elem(policy_maps__fd(maps, name), &zero, value, BPF_ANY);

	return err ? errmsg__set(why, err, "cannot write '%s': %s", name, strerror(-err)) : 0;
}

static int read_element(const struct policy_maps *maps, const char *name, void *ret,
			struct errmsg *why)
{
	__u32 zero = 0;
	int err = bpf_map_lookup_elem(policy_maps__fd(maps, name), &zero, ret);

	return err ? errmsg__set(why, err, "cannot read '%s': %s", name, strerror(-err)) : 0;
}

int policy_maps__refresh(const struct policy_maps *maps, struct errmsg *why)
{
	struct policy_state state = {};
	int err;

	err = policy_clock__read(&state.clock, why);
	for (int i = 0; !err && i < POLICY_SLOTS; i++)
		err = describe_slot(maps, i, &state.slots[i], why);
	return err ?: write_element(maps, "policy_state", &state, why);
}

int policy_maps__state(const struct policy_maps *maps, struct policy_state *ret, struct errmsg *why)
{
	return read_element(maps, "policy_state", ret, why);
}

int policy_maps__set_names(const struct policy_maps *maps, const struct policy_names *names,
			   struct errmsg *why)
{
	return write_element(maps, "policy_names", names, why);
}

int policy_maps__names(const struct policy_maps *maps, struct policy_names *ret, struct errmsg *why)
{
	return read_element(maps, "policy_names", ret, why);
}

enum policy_slot policy_state__ruling(const struct policy_state *state, __u64 now)
{
	const struct policy_slot_state *candidate = &state->slots[POLICY_CANDIDATE];

	if (candidate->is_set && policy_rules_at(candidate->deadline, now))
		return POLICY_CANDIDATE;
	return state->slots[POLICY_CONFIRMED].is_set ? POLICY_CONFIRMED : POLICY_SLOTS;
}

#define PAGE_BYTES 4096

/* A new map is zeros, and so is most of a small policy: where memory is slow to be written to for
 * the first time, as in a virtual machine, that is most of the time. */
static void copy_image(char *to, const char *from, size_t bytes)
{
	for (size_t i = 0; i < bytes; i += PAGE_BYTES)
		if (from[i] || memcmp(&from[i], &from[i + 1], PAGE_BYTES - 1))
			memcpy(&to[i], &from[i], PAGE_BYTES);
}

/* Return: a descriptor of a policy's map that holds the image, or a negative errno. */
static int fill_policy(const struct policy_maps *maps, const struct policy_chunk *chunks,
		       __u32 count, __u64 deadline)
{
	size_t bytes = count * sizeof(*chunks);
	int err, fd = policy_maps__create_policy(policy_maps__max_prefixes(maps));
	struct policy_image *image;

	if (fd < 0)
		return fd;
	image = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (image == MAP_FAILED) {
		err = -errno;
		close(fd);
		return err;
	}
	copy_image((char *)image, (const char *)chunks, bytes);
	image->header.deadline = deadline;
	munmap(image, bytes);
	return fd;
}

static int set_slot(const struct policy_maps *maps, enum policy_slot slot, int fd,
		    struct errmsg *why)
{
	__u32 key = slot;
	int err = bpf_map_update_elem(policy_maps__fd(maps, "policies"), &key, &fd, BPF_ANY);

	return err ? errmsg__set(why, err, "cannot replace the %s policy: %s", slot_names[slot],
				 strerror(-err))
		   : 0;
}

/* Return: 0, 1 if it was empty, or a negative errno with @why set. */
static int empty_slot(const struct policy_maps *maps, enum policy_slot slot, struct errmsg *why)
{
	__u32 key = slot;
	int err = bpf_map_delete_elem(policy_maps__fd(maps, "policies"), &key);

	if (err == -ENOENT)
		return 1;
	return err ? errmsg__set(why, err, "cannot remove the %s policy: %s", slot_names[slot],
				 strerror(-err))
		   : 0;
}

void policy_maps__put_back(const struct policy_maps *maps, enum policy_slot slot, int fd)
{
	if (fd >= 0)
		set_slot(maps, slot, fd, NULL);
	else
		empty_slot(maps, slot, NULL);
	policy_maps__refresh(maps, NULL);
}

/* Readers must know what rules, so that a policy that they cannot be told of is taken back.
 * @old_fd: what was in the slot, or -ENOENT */
static int replace_policy(const struct policy_maps *maps, enum policy_slot slot, int old_fd, int fd,
			  struct errmsg *why)
{
	int err = set_slot(maps, slot, fd, why);

	if (err)
		return err;
	err = policy_maps__refresh(maps, why);
	if (err)
		policy_maps__put_back(maps, slot, old_fd);
	return err;
}

int policy_maps__put(const struct policy_maps *maps, enum policy_slot slot,
		     const struct policy_chunk *chunks, __u32 count, __u64 deadline,
		     struct errmsg *why)
{
	__u32 max_prefixes = policy_maps__max_prefixes(maps);
	int err, fd, old_fd;

	if (count > policy_chunks(max_prefixes))
		return errmsg__set(why, -E2BIG,
				   "the policy needs %u chunks of 2 MiB, its map has %u: it was "
				   "made for %u prefixes of each family",
				   count, policy_chunks(max_prefixes), max_prefixes);
	old_fd = policy_maps__open_policy(maps, slot, why);
	if (old_fd < 0 && old_fd != -ENOENT)
		return old_fd;
	fd = fill_policy(maps, chunks, count, deadline);
	err = fd < 0 ? advice__set(why, ADVICE_LOAD, fd, "cannot make the map of the policy")
		     : replace_policy(maps, slot, old_fd, fd, why);
	if (fd >= 0)
		close(fd);
	if (old_fd >= 0)
		close(old_fd);
	return err;
}

int policy_maps__clear(const struct policy_maps *maps, enum policy_slot slot, struct errmsg *why)
{
	int err = empty_slot(maps, slot, why);

	if (err)
		return err < 0 ? err : 0;
	return policy_maps__refresh(maps, why);
}

static int check_deadline(__u64 deadline, struct errmsg *why)
{
	struct policy_clock clock;
	int err;

	if (!deadline)
		return 0;
	err = policy_clock__read(&clock, why);
	if (err || policy_rules_at(deadline, clock.jiffies))
		return err;
	return errmsg__set(why, -ETIME,
			   "the time to confirm the candidate policy is over: it does not rule "
			   "any more: apply it again");
}

static int set_deadline(int fd, __u64 deadline)
{
	struct policy_header *header =
		mmap(NULL, sizeof(*header), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (header == MAP_FAILED)
		return -errno;
	__atomic_store_n(&header->deadline, deadline, __ATOMIC_RELEASE);
	munmap(header, sizeof(*header));
	return 0;
}

static int read_deadline(int fd, __u64 *ret, struct errmsg *why)
{
	struct policy_header header;
	int err = policy_read_header(fd, &header);

	if (err)
		return errmsg__set(why, err, "cannot read the candidate policy: %s",
				   strerror(-err));
	*ret = header.deadline;
	return check_deadline(header.deadline, why);
}

int policy_maps__keep_trial(const struct policy_maps *maps, struct policy_trial *ret,
			    struct errmsg *why)
{
	struct policy_trial trial = {};
	int err;

	trial.candidate_fd = policy_maps__open_policy(maps, POLICY_CANDIDATE, why);
	if (trial.candidate_fd == -ENOENT)
		return errmsg__set(why, -ENOENT, "there is no policy to confirm");
	if (trial.candidate_fd < 0)
		return trial.candidate_fd;
	err = read_deadline(trial.candidate_fd, &trial.deadline, why);
	if (!err)
		trial.confirmed_fd = policy_maps__open_policy(maps, POLICY_CONFIRMED, why);
	if (!err && trial.confirmed_fd < 0 && trial.confirmed_fd != -ENOENT)
		err = trial.confirmed_fd;
	if (err)
		close(trial.candidate_fd);
	else
		*ret = trial;
	return err;
}

int policy_maps__confirm(const struct policy_maps *maps, const struct policy_trial *trial,
			 struct errmsg *why)
{
	int err = set_slot(maps, POLICY_CONFIRMED, trial->candidate_fd, why);

	if (err)
		return err;
	err = set_deadline(trial->candidate_fd, 0);
	if (err)
		return errmsg__set(why, err, "cannot write the confirmed policy: %s",
				   strerror(-err));
	return policy_maps__clear(maps, POLICY_CANDIDATE, why);
}

void policy_maps__resume_trial(const struct policy_maps *maps, const struct policy_trial *trial)
{
	set_deadline(trial->candidate_fd, trial->deadline);
	policy_maps__put_back(maps, POLICY_CANDIDATE, trial->candidate_fd);
	policy_maps__put_back(maps, POLICY_CONFIRMED, trial->confirmed_fd);
}

void policy_trial__close(struct policy_trial *trial)
{
	close(trial->candidate_fd);
	if (trial->confirmed_fd >= 0)
		close(trial->confirmed_fd);
}
