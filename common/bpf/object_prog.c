// SPDX-License-Identifier: GPL-2.0-only
// object_prog: an XDP program of an object file, loaded for a test run.
#include "common/bpf/object_prog.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/bpf/libbpf_log.h"
#include "common/bpf/object.h"

struct object_prog {
	struct bpf_object *object;
	struct bpf_program *program;
};

/* "FILE:NAME"; an existing file with a colon in its name has no name of a program behind it. */
int object_prog__read(const char *object, struct object_file **ret, const char **ret_name,
		      struct errmsg *why)
{
	const char *colon = access(object, F_OK) ? strrchr(object, ':') : NULL;
	char *path = colon ? strndup(object, colon - object) : strdup(object);
	int err;

	*ret_name = colon ? colon + 1 : NULL;
	if (!path)
		return errmsg__set(why, -ENOMEM, "%s: out of memory", object);
	err = object_file__read(path, ret, why);
	free(path);
	return err;
}

static bool object_prog_matches(const struct bpf_program *program, const char *name)
{
	if (name)
		return !strcmp(bpf_program__name(program), name) ||
		       !strcmp(bpf_program__section_name(program), name);
	return bpf_program__type(program) == BPF_PROG_TYPE_XDP;
}

static int object_prog_choose(struct object_prog *prog, const char *path, const char *name,
			      struct errmsg *why)
{
	struct bpf_program *program;

	bpf_object__for_each_program (program, prog->object)
		if (!prog->program && object_prog_matches(program, name))
			prog->program = program;
	if (!prog->program)
		return errmsg__set(why, -ENOENT, "%s: no %s%s in it", path,
				   name ? "section or function " : "XDP program", name ?: "");
	if (bpf_program__type(prog->program) != BPF_PROG_TYPE_XDP)
		return errmsg__set(why, -EINVAL, "%s: %s is not an XDP program", path,
				   bpf_program__name(prog->program));
	bpf_program__set_autoload(prog->program, true);
	return 0;
}

static int object_prog_load(struct object_prog *prog, const char *path, struct errmsg *why)
{
	int err;

	libbpf_log__clear();
	err = bpf_object__load(prog->object);
	if (!err)
		return 0;
	return errmsg__set(why, err, "%s: loading %s: %s%s%s", path,
			   bpf_program__name(prog->program), LIBBPF_STRERROR(err),
			   libbpf_log__reason()[0] ? ": " : "", libbpf_log__reason());
}

static int object_prog_open(struct object_prog *prog, const struct object_file *file,
			    const char *name, unsigned long long max_map_mib, struct errmsg *why)
{
	const char *path = object_file__path(file);
	int err;

	err = object__open(file, &prog->object, why);
	if (err)
		return err;
	err = object__check_maps(file, prog->object, max_map_mib, why);
	if (err)
		return err;
	err = object_prog_choose(prog, path, name, why);
	return err ?: object_prog_load(prog, path, why);
}

int object_prog__load_file(const struct object_file *file, const char *name,
			   unsigned long long max_map_mib, struct object_prog **ret,
			   struct errmsg *why)
{
	struct object_prog *prog = calloc(1, sizeof(*prog));
	int err;

	if (!prog)
		return errmsg__set(why, -ENOMEM, "%s: out of memory", object_file__path(file));
	err = object_prog_open(prog, file, name, max_map_mib, why);
	if (err)
		object_prog__close(prog);
	else
		*ret = prog;
	return err;
}

int object_prog__load(const char *object, unsigned long long max_map_mib, struct object_prog **ret,
		      struct errmsg *why)
{
	struct object_file *file;
	const char *name;
	int err;

	err = object_prog__read(object, &file, &name, why);
	if (err)
		return err;
	err = object_prog__load_file(file, name, max_map_mib, ret, why);
	object_file__free(file);
	return err;
}

int object_prog__program_fd(const struct object_prog *prog)
{
	return bpf_program__fd(prog->program);
}

const char *object_prog__name(const struct object_prog *prog)
{
	return bpf_program__name(prog->program);
}

void object_prog__close(struct object_prog *prog)
{
	if (!prog)
		return;
	bpf_object__close(prog->object);
	free(prog);
}
