// SPDX-License-Identifier: GPL-2.0-only
// dispatcher: several XDP programs on one interface, one after the other, as libxdp does it.
//
// libxdp's dispatcher is an XDP program that calls ten empty functions, into whose places the
// kernel puts the component programs (freplace). A dispatcher never changes: for another set of
// components another one is loaded, the components are linked into it too, and it takes over the
// interface in one step. libxdp's calls add components or remove them, but never both in that
// step, as an upgrade must: one after the other, frames would be counted twice or not at all. So
// only the dispatcher's object file comes from libxdp, and the rest is done here by the protocol
// that libxdp publishes for this purpose (protocol.org in its source): configuration, pins, lock
// and order. Other users of libxdp find our program among theirs.
#include "dispatcher.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xdp/libxdp.h>

#include "dataplane.h"
#include "kernlog.h"
#include "probe.h"

#define OBJECT "xdp-dispatcher.o"
#define PROGRAM "xdp_dispatcher"
#define SLOTS MAX_DISPATCHER_ACTIONS
#define SKIP_VARIABLE "LIBXDP_SKIP_DISPATCHER" /* libxdp's own */
#define PATH_BYTES 256
#define MAX_TRIES 10

const char dispatcher_function[] = "prog0";

/* A component, and what the dispatcher has to know about it. */
struct slot {
	int program_fd;
	__u32 chain_call_actions; /* bit by verdict: with this one, go on to the next */
	__u32 priority;
	__u32 flags; /* BPF_F_XDP_HAS_FRAGS, or 0 */
};

/* What an interface runs or shall run, in that order. */
struct chain {
	int fd; /* the dispatcher; -1: there is none */
	__u32 id;
	int count;
	struct slot slots[SLOTS];
};

/* A dispatcher that is loaded, with the components of a chain linked into it. */
struct built {
	struct xdp_program *object; /* owns the file descriptor; NULL: there is none */
	int fd;
	__u32 id;
	int count;
	int link_fds[SLOTS];
};

/* A path below the directory in which all users of libxdp pin. */
static const char *path(char buf[PATH_BYTES], const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static const char *path(char buf[PATH_BYTES], const char *fmt, ...)
{
	const char *bpffs = secure_getenv(XDP_BPFFS_ENVVAR) ?: "/sys/fs/bpf";
	int length = snprintf(buf, PATH_BYTES, "%.128s/xdp/", bpffs);
	va_list args;

	va_start(args, fmt);
	vsnprintf(buf + length, PATH_BYTES - length, fmt, args);
	va_end(args);
	return buf;
}

/* Other users of libxdp take it, too, while they pin, unpin or read pins. */
static int lock(struct errmsg *why)
{
	char buf[PATH_BYTES];
	int fd, err;

	mkdir(path(buf, "%s", ""), S_IRWXU);
	fd = open(buf, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0 && !flock(fd, LOCK_EX))
		return fd;
	err = errmsg__set(why, -errno, "%s: locking: %s", buf, strerror(errno));
	if (fd >= 0)
		close(fd);
	return err;
}

static void chain__close(struct chain *chain)
{
	for (int i = 0; i < chain->count; i++)
		close(chain->slots[i].program_fd);
	if (chain->fd >= 0)
		close(chain->fd);
	*chain = (struct chain){.fd = -1};
}

/* Return: 0; -ENOENT: not a dispatcher; -EPROTO: one of another version; another errno. */
static int read_config(int fd, struct xdp_dispatcher_config *ret)
{
	__u32 map_id = 0, zero = 0, info_bytes = sizeof(struct bpf_prog_info);
	struct bpf_prog_info info = {.nr_map_ids = 1, .map_ids = (unsigned long)&map_id};
	struct bpf_map_info map = {};
	int map_fd, err = 0;

	if (bpf_obj_get_info_by_fd(fd, &info, &info_bytes))
		return -errno;
	if (strcmp(info.name, PROGRAM) || info.nr_map_ids != 1)
		return -ENOENT;
	map_fd = bpf_map_get_fd_by_id(map_id);
	if (map_fd < 0)
		return map_fd;
	info_bytes = sizeof(map);
	if (bpf_obj_get_info_by_fd(map_fd, &map, &info_bytes))
		err = -errno;
	else if (map.value_size != sizeof(*ret))
		err = -EPROTO;
	if (!err)
		err = bpf_map_lookup_elem(map_fd, &zero, ret);
	if (!err &&
	    (ret->magic != XDP_DISPATCHER_MAGIC ||
	     ret->dispatcher_version != XDP_DISPATCHER_VERSION || ret->num_progs_enabled > SLOTS))
		err = -EPROTO;
	close(map_fd);
	return err;
}

/* Return: as read_config(). An @id of 0 is an empty chain, of no dispatcher. */
static int chain__open(int ifindex, __u32 id, struct chain *ret)
{
	struct xdp_dispatcher_config config = {};
	struct chain chain = {.fd = -1, .id = id};
	char buf[PATH_BYTES];
	int err = 0, fd;

	if (id)
		err = chain.fd = bpf_prog_get_fd_by_id(id);
	if (id && err >= 0)
		err = read_config(chain.fd, &config);
	for (int i = 0; err >= 0 && i < config.num_progs_enabled; i++) {
		fd = bpf_obj_get(path(buf, "dispatch-%d-%u/prog%d-prog", ifindex, id, i));
		if (fd < 0)
			err = fd;
		else
			chain.slots[chain.count++] = (struct slot){
				.program_fd = fd,
				.chain_call_actions = config.chain_call_actions[i],
				.priority = config.run_prios[i],
				.flags = config.program_flags[i],
			};
	}
	if (err < 0) {
		chain__close(&chain);
		return err;
	}
	*ret = chain;
	return 0;
}

static int chain__find(const struct chain *chain, __u32 program_id)
{
	struct program_identity program;

	for (int i = 0; i < chain->count; i++)
		if (!program_identity__read(chain->slots[i].program_fd, &program) &&
		    program.id == program_id)
			return i;
	return -ENOENT;
}

static void chain__remove(struct chain *chain, int at)
{
	close(chain->slots[at].program_fd);
	chain->count--;
	memmove(&chain->slots[at], &chain->slots[at + 1],
		(chain->count - at) * sizeof(chain->slots[0]));
}

/* By priority, then by name. Return: where, or a negative errno. */
static int chain__insert(struct chain *chain, int program_fd, __u32 priority)
{
	struct slot slot = {
		.chain_call_actions = 1u << XDP_PASS | 1u << XDP_DISPATCHER_RETVAL,
		.priority = priority,
		.flags = probe__multi_buffer() ? BPF_F_XDP_HAS_FRAGS : 0,
	};
	struct program_identity program, other;
	int at = 0, err;

	if (chain->count == SLOTS)
		return -E2BIG;
	err = program_identity__read(program_fd, &program);
	for (; !err && at < chain->count && chain->slots[at].priority <= priority; at++) {
		err = program_identity__read(chain->slots[at].program_fd, &other);
		if (chain->slots[at].priority == priority && strcmp(other.name, program.name) > 0)
			break;
	}
	if (err)
		return err;
	slot.program_fd = fcntl(program_fd, F_DUPFD_CLOEXEC, 0);
	if (slot.program_fd < 0)
		return -errno;
	memmove(&chain->slots[at + 1], &chain->slots[at],
		(chain->count - at) * sizeof(chain->slots[0]));
	chain->slots[at] = slot;
	chain->count++;
	return at;
}

/* libxdp's object says its version in the length of an array type. */
static int version_of(const struct btf *btf)
{
	const struct btf_type *type;
	int id = btf__find_by_name_kind(btf, "dispatcher_version", BTF_KIND_VAR);

	for (int steps = 0; id > 0 && steps < 3; steps++) {
		type = btf__type_by_id(btf, id);
		if (btf_is_array(type))
			return btf_array(type)->nelems;
		id = btf_is_var(type) || btf_is_ptr(type) ? (int)type->type : 0;
	}
	return -ENOENT;
}

static int open_object(struct xdp_program **ret, struct errmsg *why)
{
	LIBBPF_OPTS(xdp_program_opts, opts, .find_filename = OBJECT, .prog_name = PROGRAM);
	struct xdp_program *object = xdp_program__create(&opts);
	int err = libxdp_get_error(object);
	int version;

	if (err)
		return errmsg__set(why, err, "libxdp's " OBJECT " cannot be opened: %s",
				   strerror(-err));
	version = version_of(bpf_object__btf(xdp_program__bpf_obj(object)));
	if (version == XDP_DISPATCHER_VERSION) {
		*ret = object;
		return 0;
	}
	xdp_program__close(object);
	return errmsg__set(why, -EPROTO,
			   "libxdp's dispatcher is of version %d, and this xdpctl was built for %d",
			   version, XDP_DISPATCHER_VERSION);
}

static void built__close(struct built *built)
{
	for (int i = 0; i < built->count; i++)
		close(built->link_fds[i]);
	xdp_program__close(built->object);
	*built = (struct built){.fd = -1};
}

static void configure(const struct chain *chain, struct xdp_dispatcher_config *ret)
{
	struct xdp_dispatcher_config config = {
		.magic = XDP_DISPATCHER_MAGIC,
		.dispatcher_version = XDP_DISPATCHER_VERSION,
		.num_progs_enabled = chain->count,
		.is_xdp_frags = probe__multi_buffer(),
	};

	for (int i = 0; i < chain->count; i++) {
		config.chain_call_actions[i] = chain->slots[i].chain_call_actions;
		config.run_prios[i] = chain->slots[i].priority;
		config.program_flags[i] = chain->slots[i].flags;
		/* Who does not know of fragments must not be shown any. */
		if (!(chain->slots[i].flags & BPF_F_XDP_HAS_FRAGS))
			config.is_xdp_frags = 0;
	}
	*ret = config;
}

/* Loads a dispatcher of so many empty functions; nothing is linked into it yet. */
static int load(const struct xdp_dispatcher_config *config, struct built *ret, struct errmsg *why)
{
	struct program_identity identity;
	struct bpf_program *program;
	struct bpf_object *object;
	struct built built = {.fd = -1};
	int err;

	err = open_object(&built.object, why);
	if (err)
		return err;
	object = xdp_program__bpf_obj(built.object);
	bpf_object__for_each_program (program, object) {
		bool wanted = !strcmp(bpf_program__name(program), PROGRAM);

		bpf_program__set_autoload(program, wanted);
		if (!wanted)
			continue;
		bpf_program__set_flags(program, config->is_xdp_frags ? BPF_F_XDP_HAS_FRAGS : 0);
	}
	err = bpf_map__set_initial_value(bpf_object__next_map(object, NULL), config,
					 sizeof(*config));
	if (!err)
		err = bpf_object__load(object);
	if (!err) {
		built.fd = bpf_program__fd(bpf_object__find_program_by_name(object, PROGRAM));
		err = program_identity__read(built.fd, &identity);
		built.id = identity.id;
	}
	if (err) {
		errmsg__set(why, err, "loading libxdp's dispatcher: %s", strerror(-err));
		built__close(&built);
		return err;
	}
	*ret = built;
	return 0;
}

/* One component takes the place of the whole dispatcher, and so costs nothing more than a jump. */
static int link_component(struct built *built, const struct chain *chain, int slot)
{
	const struct btf *btf = bpf_object__btf(xdp_program__bpf_obj(built->object));
	LIBBPF_OPTS(bpf_link_create_opts, opts);
	char function[16];
	int fd;

	snprintf(function, sizeof(function), "prog%d", slot);
	fd = btf__find_by_name_kind(btf, chain->count == 1 ? PROGRAM : function, BTF_KIND_FUNC);
	if (fd < 0)
		return fd;
	opts.target_btf_id = fd;
	fd = bpf_link_create(chain->slots[slot].program_fd, built->fd, 0, &opts);
	if (fd < 0)
		return fd;
	built->link_fds[built->count++] = fd;
	return 0;
}

static int build(const char *interface, const struct chain *chain, struct built *ret,
		 struct errmsg *why)
{
	struct xdp_dispatcher_config config;
	struct program_identity program = {};
	struct built built;
	int err;

	configure(chain, &config);
	err = load(&config, &built, why);
	if (err)
		return err;
	for (int i = 0; !err && i < chain->count; i++) {
		err = link_component(&built, chain, i);
		if (!err)
			continue;
		program_identity__read(chain->slots[i].program_fd, &program);
		errmsg__set(why, err, "%s: linking program '%s' (id %u) into a dispatcher: %s",
			    interface, program.name, program.id, strerror(-err));
	}
	if (err)
		built__close(&built);
	else
		*ret = built;
	return err;
}

static void unpin_slot(int ifindex, __u32 id, int slot)
{
	char buf[PATH_BYTES];

	unlink(path(buf, "dispatch-%d-%u/prog%d-link", ifindex, id, slot));
	unlink(path(buf, "dispatch-%d-%u/prog%d-prog", ifindex, id, slot));
	rmdir(path(buf, "dispatch-%d-%u", ifindex, id)); /* fails while there is more */
}

static void unpin(int ifindex, __u32 id)
{
	char buf[PATH_BYTES];
	struct dirent *file;
	DIR *dir;

	dir = opendir(path(buf, "dispatch-%d-%u", ifindex, id));
	if (!dir)
		return;
	while ((file = readdir(dir)))
		unlinkat(dirfd(dir), file->d_name, 0);
	closedir(dir);
	rmdir(buf);
}

static int pin_slot(int ifindex, __u32 id, int slot, int program_fd, int link_fd)
{
	char buf[PATH_BYTES];
	int err;

	err = bpf_obj_pin(program_fd, path(buf, "dispatch-%d-%u/prog%d-prog", ifindex, id, slot));
	if (err || link_fd < 0)
		return err;
	return bpf_obj_pin(link_fd, path(buf, "dispatch-%d-%u/prog%d-link", ifindex, id, slot));
}

/*
 * Our own is pinned first, in the slot @own: by it dispatcher__forget() knows the directory as one
 * of ours, wherever we are killed. If it is taken out, that slot is the first that is not used.
 */
static int pin(const char *interface, int ifindex, const struct built *built,
	       const struct chain *chain, int own, int own_fd, struct errmsg *why)
{
	char buf[PATH_BYTES];
	int err;

	if (mkdir(path(buf, "dispatch-%d-%u", ifindex, built->id), S_IRWXU) && errno != EEXIST)
		return errmsg__set(why, -errno, "%s: %s: making it: %s", interface, buf,
				   strerror(errno));
	err = pin_slot(ifindex, built->id, own, own_fd,
		       own < built->count ? built->link_fds[own] : -1);
	for (int i = 0; !err && i < chain->count; i++)
		if (i != own)
			err = pin_slot(ifindex, built->id, i, chain->slots[i].program_fd,
				       built->link_fds[i]);
	if (!err)
		return 0;
	unpin(ifindex, built->id);
	return errmsg__set(why, err, "%s: %s: pinning in it: %s", interface, buf, strerror(-err));
}

/* What is asked of dispatcher__set(). */
struct change {
	const char *interface;
	int ifindex;
	enum attach_mode mode;
	int program_fd;
	int expected_fd;
	__u32 priority;
};

static int take_out(struct chain *chain, const struct change *change, struct errmsg *why)
{
	struct program_identity program = {};
	int err;

	err = program_identity__read(change->expected_fd, &program);
	if (!err)
		err = chain__find(chain, program.id);
	if (err < 0)
		return errmsg__set(why, err, "%s: program %u is not behind its dispatcher",
				   change->interface, program.id);
	chain__remove(chain, err);
	return 0;
}

/* Return: the slot of ours, or the first that is not used; or a negative errno. */
static int edit(struct chain *chain, const struct change *change, struct errmsg *why)
{
	int err = 0;

	if (change->expected_fd >= 0)
		err = take_out(chain, change, why);
	if (err || change->program_fd < 0)
		return err ?: chain->count;
	err = chain__insert(chain, change->program_fd, change->priority);
	if (err >= 0)
		return err;
	return errmsg__set(
		why, err, "%s: adding a program to its dispatcher: %s", change->interface,
		err == -E2BIG ? "it has 10, which is all that it takes" : strerror(-err));
}

static int take_over(const struct change *change, const struct chain *chain, int own,
		     struct errmsg *why)
{
	struct built built = {.fd = -1};
	int err = 0, own_fd = change->program_fd >= 0 ? change->program_fd : change->expected_fd;

	if (chain->count)
		err = build(change->interface, chain, &built, why);
	if (built.object)
		err = pin(change->interface, change->ifindex, &built, chain, own, own_fd, why);
	if (err)
		goto out;
	err = attach__swap(change->interface, change->ifindex, change->mode, built.fd, chain->fd,
			   why);
	if (err && built.object)
		unpin(change->ifindex, built.id);
	if (err)
		goto out;
	if (built.object && own == chain->count)
		unpin_slot(change->ifindex, built.id, own);
	if (chain->fd < 0)
		goto out;
	/* What is unpinned is unlinked, and passes the frames on uncounted that are in it. */
	attach__settle();
	unpin(change->ifindex, chain->id);
out:
	built__close(&built);
	return err;
}

static int explain_foreign(const char *interface, __u32 id, int err, struct errmsg *why)
{
	const char *reason = err == -ENOENT
				     ? "it is no dispatcher of libxdp's, or its pins are gone"
			     : err == -EPROTO ? "it is a dispatcher of another version of libxdp"
					      : strerror(-err);

	return errmsg__set(why, -EBUSY, "%s: program %u is attached: %s", interface, id, reason);
}

static int try_to_set(const struct change *change, bool *ret_raced, struct errmsg *why)
{
	struct attach_state before, after;
	struct chain chain;
	__u32 id;
	int err;

	*ret_raced = false;
	err = attach__query(change->ifindex, &before, why);
	if (err)
		return err;
	id = before.program_ids[change->mode];
	err = chain__open(change->ifindex, id, &chain);
	if (err)
		return explain_foreign(change->interface, id, err, why);
	err = edit(&chain, change, why);
	if (err >= 0)
		err = take_over(change, &chain, err, why);
	if (err && !attach__query(change->ifindex, &after, NULL))
		*ret_raced = after.program_ids[change->mode] != id;
	chain__close(&chain);
	return err;
}

/* Others may have come in the meantime, so it is not the dispatcher that counts. */
static int verify(const struct change *change, struct errmsg *why)
{
	bool attaches = change->program_fd >= 0;
	struct program_identity program;
	struct dispatcher dispatcher;
	int err;

	err = program_identity__read(attaches ? change->program_fd : change->expected_fd, &program);
	if (!err)
		err = dispatcher__read(change->ifindex, &dispatcher, NULL);
	if (!err && !dispatcher__find(&dispatcher, program.id) == !attaches)
		return 0;
	return errmsg__set(why, err ?: -EIO,
			   "%s: the kernel accepted the change, but program %u is %sbehind its "
			   "dispatcher: see 'xdpctl status'",
			   change->interface, program.id, attaches ? "not " : "still ");
}

static bool holds(int ifindex, __u32 id, int slot, __u32 program_id)
{
	struct program_identity program = {};
	char buf[PATH_BYTES];
	int fd;

	fd = bpf_obj_get(path(buf, "dispatch-%d-%u/prog%d-prog", ifindex, id, slot));
	if (fd < 0)
		return false;
	program_identity__read(fd, &program);
	close(fd);
	return program.id == program_id;
}

/*
 * Others' components stay where they may run: behind what runs here, or on an interface that has
 * been moved to another namespace.
 */
static void forget_in(int ifindex, __u32 id, __u32 program_id, bool may_run)
{
	char buf[PATH_BYTES];

	for (int i = 0; i < SLOTS; i++) {
		if (!holds(ifindex, id, i, program_id))
			continue;
		if (may_run)
			unpin_slot(ifindex, id, i);
		else
			unpin(ifindex, id);
	}
	rmdir(path(buf, "dispatch-%d-%u", ifindex, id)); /* if nothing has been pinned in it yet */
}

/* The lock is the caller's. */
static void forget(int ifindex, bool exists, __u32 program_id)
{
	struct attach_state running = {};
	struct dirent *file;
	char buf[PATH_BYTES];
	int found_ifindex, end;
	__u32 id;
	DIR *dir;

	dir = opendir(path(buf, "%s", ""));
	if (!dir || (exists && attach__query(ifindex, &running, NULL)))
		goto out;
	while ((file = readdir(dir))) {
		end = 0;
		if (sscanf(file->d_name, "dispatch-%d-%u%n", &found_ifindex, &id, &end) == 2 &&
		    !file->d_name[end] && found_ifindex == ifindex)
			forget_in(ifindex, id, program_id,
				  !exists || attach_state__mode_of(&running, id) != ATTACH_NONE);
	}
out:
	if (dir)
		closedir(dir);
}

int dispatcher__set(const char *interface, int ifindex, enum attach_mode mode, int program_fd,
		    int expected_fd, __u32 priority, struct errmsg *why)
{
	const struct change change = {
		.interface = interface,
		.ifindex = ifindex,
		.mode = mode,
		.program_fd = program_fd,
		.expected_fd = expected_fd,
		.priority = priority,
	};
	int err, tries = 0, lock_fd = lock(why);
	struct program_identity expected;
	bool raced;

	if (lock_fd < 0)
		return lock_fd;
	do {
		err = try_to_set(&change, &raced, why);
	} while (err && raced && ++tries < MAX_TRIES);
	/* Also what a command left that was killed when it tried the same. */
	if (!err && expected_fd >= 0 && !program_identity__read(expected_fd, &expected))
		forget(ifindex, true, expected.id);
	close(lock_fd);
	return err ?: verify(&change, why);
}

int dispatcher__target(struct errmsg *why)
{
	const struct xdp_dispatcher_config config = {
		.magic = XDP_DISPATCHER_MAGIC,
		.dispatcher_version = XDP_DISPATCHER_VERSION,
		.num_progs_enabled = 1,
	};
	const char *skip = secure_getenv(SKIP_VARIABLE);
	struct built built;
	int err, fd;

	if (skip && !strcmp(skip, "1"))
		return errmsg__set(why, -ECANCELED, SKIP_VARIABLE " is set");
	err = probe__freplace();
	if (err)
		return errmsg__set(why, err, "the kernel refuses freplace: %s", strerror(-err));
	err = load(&config, &built, why);
	if (err)
		return err;
	/* A dispatcher that runs can only be opened by its id, which takes more than to load one.
	 */
	fd = bpf_prog_get_fd_by_id(built.id);
	built__close(&built);
	if (fd >= 0)
		return fd;
	return errmsg__set(why, fd, "opening a program by its id: %s", strerror(-fd));
}

static int describe(const struct chain *chain, struct dispatcher *ret)
{
	struct program_identity program;
	int err;

	for (int i = 0; i < chain->count; i++) {
		struct dispatcher_component *component = &ret->components[i];

		err = program_identity__read(chain->slots[i].program_fd, &program);
		if (err)
			return err;
		component->id = program.id;
		component->priority = chain->slots[i].priority;
		snprintf(component->name, sizeof(component->name), "%s", program.name);
	}
	ret->count = chain->count;
	return 0;
}

static int read_running(int ifindex, struct dispatcher *ret, struct errmsg *why)
{
	struct attach_state running;
	struct chain chain;
	int err;

	err = attach__query(ifindex, &running, why);
	if (err)
		return err;
	ret->mode = running.program_ids[ATTACH_NATIVE] ? ATTACH_NATIVE : ATTACH_GENERIC;
	ret->id = running.program_ids[ret->mode];
	err = chain__open(ifindex, ret->id, &chain);
	if (!err) {
		err = describe(&chain, ret);
		chain__close(&chain);
	}
	if (err == -EACCES)
		err = -EPERM;
	if (err == -ENOENT || err == -EPROTO)
		err = 0;
	return err ? errmsg__set(why, err, "interface %d: program %u: opening it: %s", ifindex,
				 ret->id, strerror(-err))
		   : 0;
}

int dispatcher__read(int ifindex, struct dispatcher *ret, struct errmsg *why)
{
	char buf[PATH_BYTES];
	int err, lock_fd = -1;

	*ret = (struct dispatcher){.mode = ATTACH_NONE};
	if (!access(path(buf, "%s", ""), X_OK)) {
		lock_fd = lock(why);
		if (lock_fd < 0)
			return lock_fd;
	} else if (errno == ENOENT) {
		return 0;
	}
	err = read_running(ifindex, ret, why);
	if (lock_fd >= 0)
		close(lock_fd);
	return err;
}

const struct dispatcher_component *dispatcher__find(const struct dispatcher *dispatcher,
						    __u32 program_id)
{
	for (size_t i = 0; i < dispatcher->count; i++)
		if (dispatcher->components[i].id == program_id)
			return &dispatcher->components[i];
	return NULL;
}

void dispatcher__unpin(int ifindex, __u32 id)
{
	int lock_fd = lock(NULL);

	if (lock_fd < 0)
		return;
	unpin(ifindex, id);
	close(lock_fd);
}

void dispatcher__forget(int ifindex, bool exists, __u32 program_id)
{
	int lock_fd = lock(NULL);

	if (lock_fd < 0)
		return;
	forget(ifindex, exists, program_id);
	close(lock_fd);
}
