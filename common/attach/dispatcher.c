// SPDX-License-Identifier: GPL-2.0-only
// dispatcher: several XDP programs on one interface, in libxdp's dispatcher.
//
// libxdp's dispatcher is an XDP program that calls ten empty functions, which the kernel replaces
// with the component programs (freplace). A dispatcher never changes: for another set of components
// another one is loaded, the components are linked into it as well, and it replaces the old one in
// one step. libxdp's functions add components or remove them, but never both in that step, which an
// upgrade needs: in two steps, frames would be counted twice or not at all. So only the
// dispatcher's object file comes from libxdp; configuration, pins, lock and order follow the
// protocol that libxdp publishes (protocol.org in its source), so that its other users find our
// program among theirs.
#include "common/attach/dispatcher.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xdp/libxdp.h>

#include "common/attach/dispatcher_pins.h"
#include "common/attach/lock.h"
#include "common/bpf/features.h"
#include "common/bpf/libbpf_log.h"
#include "common/bpf/prog_info.h"

#define OBJECT "xdp-dispatcher.o"
#define SKIP_VARIABLE "LIBXDP_SKIP_DISPATCHER" /* libxdp's own */
#define MAX_TRIES 10

const char dispatcher_function[] = "prog0";

/* A loaded dispatcher. */
struct built {
	struct xdp_program *object; /* owns the file descriptor; NULL: none */
	int fd;
	__u32 id;
};

/* libxdp encodes the version as the length of an array type. */
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

static int open_dispatcher_object(struct xdp_program **ret, struct errmsg *why)
{
	LIBBPF_OPTS(xdp_program_opts, opts, .find_filename = OBJECT,
		    .prog_name = DISPATCHER_FUNCTION);
	struct xdp_program *object = xdp_program__create(&opts);
	int err = libxdp_get_error(object);
	int version;

	if (err)
		return errmsg__set(why, err, "cannot open libxdp's " OBJECT ": %s",
				   LIBBPF_STRERROR(err));
	version = version_of(bpf_object__btf(xdp_program__bpf_obj(object)));
	if (version == XDP_DISPATCHER_VERSION) {
		*ret = object;
		return 0;
	}
	xdp_program__close(object);
	return errmsg__set(why, -EPROTO,
			   "libxdp's dispatcher has version %d, but this xdpctl was built for %d",
			   version, XDP_DISPATCHER_VERSION);
}

static void built__close(struct built *built)
{
	xdp_program__close(built->object);
	*built = (struct built){.fd = -1};
}

static void configure_components(const struct dispatcher_pins *pins,
				 struct xdp_dispatcher_config *ret)
{
	struct xdp_dispatcher_config config = {
		.magic = XDP_DISPATCHER_MAGIC,
		.dispatcher_version = XDP_DISPATCHER_VERSION,
		.num_progs_enabled = pins->count,
		.is_xdp_frags = features__multi_buffer(),
	};

	for (int i = 0; i < pins->count; i++) {
		config.chain_call_actions[i] = pins->components[i].chain_call_actions;
		config.run_prios[i] = pins->components[i].priority;
		config.program_flags[i] = pins->components[i].flags;
		/* Programs without frags support must not receive multi-buffer packets. */
		if (!(pins->components[i].flags & BPF_F_XDP_HAS_FRAGS))
			config.is_xdp_frags = 0;
	}
	*ret = config;
}

/* Loads a dispatcher; no component is linked into it yet. */
static int load_dispatcher(const struct xdp_dispatcher_config *config, struct built *ret,
			   struct errmsg *why)
{
	struct program_identity identity;
	struct bpf_program *program;
	struct bpf_object *object;
	struct built built = {.fd = -1};
	int err;

	err = open_dispatcher_object(&built.object, why);
	if (err)
		return err;
	object = xdp_program__bpf_obj(built.object);
	bpf_object__for_each_program (program, object) {
		bool wanted = !strcmp(bpf_program__name(program), DISPATCHER_FUNCTION);

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
		built.fd = bpf_program__fd(
			bpf_object__find_program_by_name(object, DISPATCHER_FUNCTION));
		err = program_identity__read(built.fd, &identity);
		built.id = identity.id;
	}
	if (err) {
		errmsg__set(why, err, "cannot load libxdp's dispatcher: %s", LIBBPF_STRERROR(err));
		built__close(&built);
		return err;
	}
	*ret = built;
	return 0;
}

/* A single component replaces the whole dispatcher, so that it costs one jump and no more. */
static int link_component(const struct built *built, struct dispatcher_pins *pins, int slot)
{
	const struct btf *btf = bpf_object__btf(xdp_program__bpf_obj(built->object));
	LIBBPF_OPTS(bpf_link_create_opts, opts);
	char function[16];
	int fd;

	snprintf(function, sizeof(function), "prog%d", slot);
	fd = btf__find_by_name_kind(btf, pins->count == 1 ? DISPATCHER_FUNCTION : function,
				    BTF_KIND_FUNC);
	if (fd < 0)
		return fd;
	opts.target_btf_id = fd;
	fd = bpf_link_create(pins->components[slot].program_fd, built->fd, 0, &opts);
	if (fd < 0)
		return fd;
	pins->components[slot].link_fd = fd;
	return 0;
}

static int build_dispatcher(const char *interface, struct dispatcher_pins *pins, struct built *ret,
			    struct errmsg *why)
{
	struct xdp_dispatcher_config config;
	struct program_identity program = {};
	struct built built;
	int err;

	configure_components(pins, &config);
	err = load_dispatcher(&config, &built, why);
	if (err)
		return err;
	for (int i = 0; !err && i < pins->count; i++) {
		err = link_component(&built, pins, i);
		if (!err)
			continue;
		program_identity__read(pins->components[i].program_fd, &program);
		errmsg__set(why, err, "%s: cannot link program '%s' (id %u) into a dispatcher: %s",
			    interface, program.name, program.id, strerror(-err));
	}
	if (err)
		built__close(&built);
	else
		*ret = built;
	return err;
}

/* The arguments of dispatcher__set(). */
struct change {
	const char *interface;
	int ifindex;
	enum attach_mode mode;
	int program_fd;
	int expected_fd;
	__u32 priority;
};

static int remove_component(struct dispatcher_pins *pins, const struct change *change,
			    struct errmsg *why)
{
	__u32 id = program_identity__id(change->expected_fd);
	int err = dispatcher_pins__find(pins, id);

	if (err < 0)
		return errmsg__set(why, err, "%s: program %u is not a component of its dispatcher",
				   change->interface, id);
	dispatcher_pins__remove(pins, err);
	return 0;
}

/* Return: the slot of our program, or the first unused one; or a negative errno. */
static int edit_components(struct dispatcher_pins *pins, const struct change *change,
			   struct errmsg *why)
{
	int err = 0;

	if (change->expected_fd >= 0)
		err = remove_component(pins, change, why);
	if (err || change->program_fd < 0)
		return err ?: pins->count;
	err = dispatcher_pins__insert(pins, change->program_fd, change->priority);
	if (err >= 0)
		return err;
	return errmsg__set(
		why, err, "%s: cannot add a program to its dispatcher: %s", change->interface,
		err == -E2BIG ? "it has 10 components, which is the limit" : LIBBPF_STRERROR(err));
}

/* The pins of a dispatcher that we join are marked as ours until it has been replaced. */
static int replace_dispatcher(const struct change *change, struct dispatcher_pins *pins, int own,
			      struct errmsg *why)
{
	int err = 0, own_fd = change->program_fd >= 0 ? change->program_fd : change->expected_fd;
	bool joins = pins->fd >= 0 && change->expected_fd < 0;
	struct built built = {.fd = -1};

	if (pins->count)
		err = build_dispatcher(change->interface, pins, &built, why);
	if (built.object)
		err = dispatcher_pins__pin(pins, change->interface, built.id, own, own_fd, why);
	if (err)
		goto out;
	if (joins)
		dispatcher_pins__mark(pins, pins->count - 1, own_fd);
	err = xdp_hook__swap(change->interface, change->ifindex, change->mode, built.fd, pins->fd,
			     why);
	if (err && joins)
		dispatcher_pins__unpin_component(change->ifindex, pins->id, pins->count - 1);
	if (err && built.object)
		dispatcher_pins__unpin(change->ifindex, built.id, program_identity__id(own_fd));
	if (err)
		goto out;
	if (built.object && own == pins->count)
		dispatcher_pins__unpin_component(change->ifindex, built.id, own);
	if (pins->fd < 0)
		goto out;
	/* Unpinning unlinks the components; a frame still in the old dispatcher would not be
	 * counted. */
	err = xdp_hook__settle(change->interface, why);
	if (err)
		goto out;
	dispatcher_pins__unpin(change->ifindex, pins->id,
			       program_identity__id(joins ? own_fd : change->expected_fd));
out:
	built__close(&built);
	return err;
}

static int explain_other(const char *interface, __u32 id, int err, struct errmsg *why)
{
	const char *reason = err == -ENOENT
				     ? "it is not a dispatcher of libxdp, or its pins are missing"
			     : err == -EPROTO ? "it is a dispatcher of another libxdp version"
					      : strerror(-err);

	return errmsg__set(why, -EBUSY, "%s: program %u is attached: %s", interface, id, reason);
}

static int dispatcher_try_set(const struct change *change, bool *ret_raced, struct errmsg *why)
{
	struct xdp_hook_state before, after;
	struct dispatcher_pins pins;
	__u32 id;
	int err;

	*ret_raced = false;
	err = xdp_hook__query(change->ifindex, &before, why);
	if (err)
		return err;
	id = before.program_ids[change->mode];
	err = dispatcher_pins__open(change->ifindex, id, &pins);
	if (err)
		return explain_other(change->interface, id, err, why);
	err = edit_components(&pins, change, why);
	if (err >= 0)
		err = replace_dispatcher(change, &pins, err, why);
	if (err && !xdp_hook__query(change->ifindex, &after, NULL))
		*ret_raced = after.program_ids[change->mode] != id;
	dispatcher_pins__close(&pins);
	return err;
}

/* The dispatcher may have been replaced meanwhile, so look for the component. */
static int dispatcher_verify(const struct change *change, struct errmsg *why)
{
	bool attaches = change->program_fd >= 0;
	__u32 id = program_identity__id(attaches ? change->program_fd : change->expected_fd);
	struct dispatcher dispatcher;
	int err;

	err = dispatcher__read(change->ifindex, &dispatcher, NULL);
	if (!err && !dispatcher__find(&dispatcher, id) == !attaches)
		return 0;
	return errmsg__set(why, err ?: -EIO,
			   "%s: the kernel accepted the change, but program %u is %sa component of "
			   "its dispatcher: see 'xdpctl status'",
			   change->interface, id, attaches ? "not " : "still ");
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
	int err, tries = 0, lock_fd = dispatcher_pins__lock(true, why);
	bool raced;

	/* Nothing may keep a program from being detached; the kernel compares the dispatcher. */
	if (lock_fd < 0 && (lock_fd != -ETIMEDOUT || program_fd >= 0))
		return lock_fd;
	do {
		err = dispatcher_try_set(&change, &raced, why);
	} while (err && raced && ++tries < MAX_TRIES);
	/* Also remove what a killed command left that had tried the same. */
	if (!err && expected_fd >= 0)
		dispatcher_pins__forget(ifindex, true, program_identity__id(expected_fd));
	lock__release(lock_fd);
	return err ?: dispatcher_verify(&change, why);
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
	err = features__freplace();
	if (err)
		return errmsg__set(why, err, "the kernel refuses freplace: %s", strerror(-err));
	err = load_dispatcher(&config, &built, why);
	if (err)
		return err;
	/* A running dispatcher must be opened by its id, which needs more privileges than loading.
	 */
	fd = bpf_prog_get_fd_by_id(built.id);
	built__close(&built);
	if (fd >= 0)
		return fd;
	return errmsg__set(why, fd, "cannot open a program by its id: %s", strerror(-fd));
}

static int describe_components(const struct dispatcher_pins *pins, struct dispatcher *ret)
{
	struct program_identity program;
	int err;

	for (int i = 0; i < pins->count; i++) {
		struct dispatcher_component *component = &ret->components[i];

		err = program_identity__read(pins->components[i].program_fd, &program);
		if (err)
			return err;
		component->id = program.id;
		component->priority = pins->components[i].priority;
		snprintf(component->name, sizeof(component->name), "%s", program.name);
	}
	ret->count = pins->count;
	return 0;
}

/* Without the lock: while a dispatcher runs, its pins do not change. */
static int read_running(int ifindex, struct dispatcher *ret, struct errmsg *why)
{
	struct xdp_hook_state running;
	struct dispatcher_pins pins;
	int err;

	err = xdp_hook__query(ifindex, &running, why);
	if (err)
		return err;
	*ret = (struct dispatcher){.mode = ATTACH_NONE, .id = xdp_hook_state__any(&running)};
	if (!ret->id)
		return 0;
	ret->mode = xdp_hook_state__mode_of(&running, ret->id);
	err = dispatcher_pins__open(ifindex, ret->id, &pins);
	if (!err) {
		err = describe_components(&pins, ret);
		dispatcher_pins__close(&pins);
	}
	if (err == -EACCES)
		err = -EPERM;
	return err ? errmsg__set(why, err, "interface %d: cannot open program %u: %s", ifindex,
				 ret->id, strerror(-err))
		   : 0;
}

int dispatcher__read(int ifindex, struct dispatcher *ret, struct errmsg *why)
{
	struct xdp_hook_state after;
	int err;

	for (int tries = 0; tries < MAX_TRIES; tries++) {
		err = read_running(ifindex, ret, why);
		if (err != -ENOENT)
			break;
		if (xdp_hook__query(ifindex, &after, NULL) ||
		    xdp_hook_state__any(&after) == ret->id)
			break;
	}
	return err == -ENOENT || err == -EPROTO ? 0 : err;
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
	int lock_fd = dispatcher_pins__lock(false, NULL);

	if (lock_fd < 0)
		return;
	dispatcher_pins__unpin(ifindex, id, 0);
	lock__release(lock_fd);
}

void dispatcher__forget(int ifindex, bool exists, __u32 program_id)
{
	int lock_fd = dispatcher_pins__lock(false, NULL);

	if (lock_fd < 0)
		return;
	dispatcher_pins__forget(ifindex, exists, program_id);
	lock__release(lock_fd);
}
