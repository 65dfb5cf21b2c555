// SPDX-License-Identifier: GPL-2.0-only
// features: kernel features, probed by using them, never inferred from the version.
#include "common/bpf/features.h"

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/base/large_memory.h"

#define SET_R0(value)                                                                     \
	{                                                                                 \
		.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = (value) \
	}
#define CALL(helper)                                        \
	{                                                   \
		.code = BPF_JMP | BPF_CALL, .imm = (helper) \
	}
/* Calls the function that starts after the next instruction. */
#define CALL_NEXT                                                                \
	{                                                                        \
		.code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_CALL, .imm = 1 \
	}
#define EXIT                               \
	{                                  \
		.code = BPF_JMP | BPF_EXIT \
	}

static const struct bpf_insn pass[] = {SET_R0(XDP_PASS), EXIT};
static const struct bpf_insn drop[] = {SET_R0(XDP_DROP), EXIT};

static int close_probe(int fd)
{
	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

int features__null_program(__u32 flags)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .prog_flags = flags);

	return bpf_prog_load(BPF_PROG_TYPE_XDP, NULL, "GPL", pass, 2, &opts);
}

/* Asked for with every load, but the answer does not change. */
bool features__multi_buffer(void)
{
	static _Atomic(int) known; /* 0: not yet */

	if (!known)
		known = close_probe(features__null_program(BPF_F_XDP_HAS_FRAGS)) ? -1 : 1;
	return known > 0;
}

int features__jit(__u32 *ret_bytes)
{
	struct bpf_prog_info info = {};
	__u32 info_bytes = sizeof(info);
	int fd, err;

	fd = features__null_program(0);
	if (fd < 0)
		return fd;
	err = bpf_obj_get_info_by_fd(fd, &info, &info_bytes);
	close(fd);
	if (!err)
		*ret_bytes = info.jited_prog_len;
	return err;
}

/*
 * One frame, dropped at once, as if received on the namespace's loopback. Old kernels ignore the
 * flag, but refuse batch_size, a field that they do not know.
 */
int features__live_frames(void)
{
	static const char frame[ETH_ZLEN];
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = sizeof(frame),
		    .repeat = 1, .flags = BPF_F_TEST_XDP_LIVE_FRAMES, .batch_size = 1);
	int fd, err;

	fd = bpf_prog_load(BPF_PROG_TYPE_XDP, NULL, "GPL", drop, 2, NULL);
	if (fd < 0)
		return fd;
	err = bpf_prog_test_run_opts(fd, &opts);
	close(fd);
	return err;
}

/* The types of `int main(struct xdp_md *context)`. Return: the function's id, or an error; the next
 * id is that of another such function. */
static int describe_functions(struct btf *btf)
{
	int function, number = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	int context = btf__add_struct(btf, "xdp_md", sizeof(struct xdp_md));
	int pointer = btf__add_ptr(btf, context);
	int prototype = btf__add_func_proto(btf, number);
	int err = btf__add_func_param(btf, "context", pointer);

	if (number < 0 || context < 0 || pointer < 0 || prototype < 0 || err)
		return -ENOMEM;
	function = btf__add_func(btf, "main", BTF_FUNC_GLOBAL, prototype);
	err = btf__add_func(btf, "other", BTF_FUNC_GLOBAL, prototype);
	return err < 0 ? err : function;
}

/* Loads a program to replace the one of another, and attaches it unless it has two functions. */
static int try_freplace(const struct bpf_insn *insns, size_t count, int functions)
{
	struct btf *btf = btf__new_empty();
	struct bpf_func_info info[2] = {};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .func_info = info, .func_info_cnt = 1,
		    .func_info_rec_size = sizeof(info[0]));
	int target_fd = -1, extension_fd = -1, err;

	err = btf ? describe_functions(btf) : -ENOMEM;
	if (err < 0)
		goto out;
	info[0].type_id = err;
	info[1] = (struct bpf_func_info){.insn_off = 2, .type_id = err + 1};
	err = btf__load_into_kernel(btf);
	if (err)
		goto out;
	opts.prog_btf_fd = btf__fd(btf);
	err = target_fd = bpf_prog_load(BPF_PROG_TYPE_XDP, "main", "GPL", pass, 2, &opts);
	if (err < 0)
		goto out;
	opts.attach_prog_fd = target_fd;
	opts.attach_btf_id = info[0].type_id;
	opts.func_info_cnt = functions;
	err = extension_fd = bpf_prog_load(BPF_PROG_TYPE_EXT, "main", "GPL", insns, count, &opts);
	if (err >= 0 && functions == 1)
		err = close_probe(bpf_raw_tracepoint_open(NULL, extension_fd));
out:
	if (extension_fd >= 0)
		close(extension_fd);
	if (target_fd >= 0)
		close(target_fd);
	btf__free(btf);
	return err;
}

int features__freplace(void)
{
	return try_freplace(pass, 2, 1);
}

/* Asked for with every load, but the answer does not change. */
bool features__freplace_context(void)
{
	static const struct bpf_insn calls_other[] = {CALL_NEXT, EXIT, SET_R0(XDP_PASS), EXIT};
	static _Atomic(int) known; /* 0: not yet */

	if (!known)
		known = try_freplace(calls_other, 4, 2) < 0 ? -1 : 1;
	return known > 0;
}

/* Two copies of it, 5 to 7 MB each, and an index. */
#define KERNEL_BTF_BYTES ((size_t)16 << 20)

void features__expect_kernel_btf(void)
{
	large_memory__prepare_heap(KERNEL_BTF_BYTES);
}

/* The kernel's BTF, loaded once per process, as parsing it takes 0.1 s. */
static struct {
	pthread_once_t once;
	const struct btf *btf;
	int err;
} kernel = {.once = PTHREAD_ONCE_INIT};

static void load_kernel_btf(void)
{
	features__expect_kernel_btf();
	kernel.btf = btf__load_vmlinux_btf();
	if (!kernel.btf)
		kernel.err = -errno;
}

/* Return: the number of the type, or a negative error. */
static int find_kernel_type(const char *name, __u32 kind)
{
	pthread_once(&kernel.once, load_kernel_btf);
	return kernel.btf ? btf__find_by_name_kind(kernel.btf, name, kind) : kernel.err;
}

int features__tracing(void)
{
	static const struct bpf_insn nothing[] = {SET_R0(0), EXIT};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_TRACE_RAW_TP);
	int id = find_kernel_type("btf_trace_inet_sock_set_state", BTF_KIND_TYPEDEF);

	if (id < 0)
		return id;
	opts.attach_btf_id = id;
	return close_probe(bpf_prog_load(BPF_PROG_TYPE_TRACING, NULL, "GPL", nothing, 2, &opts));
}

int features__raw_tracepoint(void)
{
	static const struct bpf_insn nothing[] = {SET_R0(0), EXIT};

	return close_probe(
		bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, NULL, "GPL", nothing, 2, NULL));
}

/*
 * Without arguments, most allowed helpers are refused as well: the verifier's message distinguishes
 * the two. The texts are from check_helper_call() in kernel/bpf/verifier.c, of 6.12 and earlier.
 */
int features__xdp_helper(__u32 helper)
{
	static const char *const refusals[] = {"cannot use helper", "unknown func", "invalid func"};
	const struct bpf_insn call[] = {CALL(helper), EXIT};
	char log[1024] = "";
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .log_buf = log, .log_size = sizeof(log),
		    .log_level = 1);
	int err;

	err = close_probe(bpf_prog_load(BPF_PROG_TYPE_XDP, NULL, "GPL", call, 2, &opts));
	if (!err)
		return 0;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (strstr(log, refusals[i]))
			return -ENOENT;
	return log[0] ? 0 : err;
}

int features__map_type(__u32 type)
{
	int offered = libbpf_probe_bpf_map_type(type, NULL);

	return offered < 0 ? offered : offered ? 0 : -EINVAL;
}

/* Without libbpf, which raises the limit if it finds that the limit applies. */
static int create_map_directly(void)
{
	union bpf_attr map = {
		.map_type = BPF_MAP_TYPE_ARRAY,
		.key_size = 4,
		.value_size = 8,
		.max_entries = 1,
	};
	int fd = syscall(__NR_bpf, BPF_MAP_CREATE, &map, sizeof(map));

	return close_probe(fd < 0 ? -errno : fd);
}

/* A command that needs no memory: EBADF comes after the check of capabilities. */
static bool may_call_bpf(void)
{
	__u32 key = 0;
	__u64 value;

	return bpf_map_lookup_elem(-1, &key, &value) == -EBADF;
}

int features__memlock(bool *ret)
{
	struct rlimit limit, none;
	int err;

	if (getrlimit(RLIMIT_MEMLOCK, &limit))
		return -errno;
	none = limit;
	none.rlim_cur = 0;
	if (setrlimit(RLIMIT_MEMLOCK, &none))
		return -errno;
	err = create_map_directly();
	setrlimit(RLIMIT_MEMLOCK, &limit);
	if (err && err != -EPERM)
		return err;
	/* EPERM is also the answer to a process that may create no map at all; and with the limit
	 * as it is, where others have used it up. */
	*ret = err && may_call_bpf();
	return *ret ? 0 : err;
}

/* Return: 0 with *@ret set, or -ENOENT if the kernel's BTF has no such struct. */
static int find_member(const char *structure, const char *name, bool *ret)
{
	int id = find_kernel_type(structure, BTF_KIND_STRUCT);
	const struct btf_member *member;
	const struct btf_type *type;

	if (id <= 0)
		return -ENOENT;
	type = btf__type_by_id(kernel.btf, id);
	member = btf_members(type);
	*ret = false;
	for (int i = 0; i < btf_vlen(type); i++)
		*ret |= !strcmp(btf__name_by_offset(kernel.btf, member[i].name_off), name);
	return 0;
}

int features__dump_disturbs(bool *ret)
{
	return find_member("bpf_htab", "map_locked", ret);
}

int features__softirq_lock(bool *ret)
{
	return find_member("softirq_ctrl", "lock", ret);
}
