/* SPDX-License-Identifier: BSD-2-Clause */
/* Each step of an attachment fails in turn: afterwards the interface is attached as the dataplane
 * says, or there is nothing of ours on it, and nothing is said to be.
 *
 * The functions here stand before the libraries' own, for the libraries' own calls, too. */
#include "harness.h"

#include <bpf/libbpf.h>
#include <dlfcn.h>
#include <err.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <xdp/libxdp.h>

/* The step of that number fails, counted from 1; 0: none does. */
static unsigned steps, failing;

/* So do those of its kind that follow: what is tried in another way must not help. */
static const char *failing_kind;

#define KIND               __func__
#define ONCE               NULL
#define LIBRARYS(function) ((typeof(&(function)))dlsym(RTLD_NEXT, #function))

static bool fails(const char *kind)
{
	if (failing && kind && kind == failing_kind)
		return true;
	if (!failing || ++steps != failing)
		return false;
	failing_kind = kind;
	return true;
}

static void let_fail(unsigned step)
{
	failing = step;
	failing_kind = NULL;
	steps = 0;
}

struct mnl_socket *mnl_socket_open2(int bus, int flags)
{
	errno = EMFILE;
	return fails(ONCE) ? NULL : LIBRARYS(mnl_socket_open2)(bus, flags);
}

int bpf_tc_hook_create(struct bpf_tc_hook *hook)
{
	return fails(KIND) ? -ENOMEM : LIBRARYS(bpf_tc_hook_create)(hook);
}

int bpf_tc_attach(const struct bpf_tc_hook *hook, struct bpf_tc_opts *options)
{
	return fails(KIND) ? -ENOMEM : LIBRARYS(bpf_tc_attach)(hook, options);
}

int bpf_object__open_skeleton(struct bpf_object_skeleton *skeleton,
			      const struct bpf_object_open_opts *options)
{
	errno = ENOMEM;
	return fails(KIND) ? -ENOMEM : LIBRARYS(bpf_object__open_skeleton)(skeleton, options);
}

int bpf_object__load(struct bpf_object *object)
{
	return fails(KIND) ? -ENOMEM : LIBRARYS(bpf_object__load)(object);
}

int xdp_program__attach(struct xdp_program *program, int ifindex, enum xdp_attach_mode mode,
			unsigned flags)
{
	return fails(KIND) ? -ENOMEM : LIBRARYS(xdp_program__attach)(program, ifindex, mode, flags);
}

int xdp_program__detach(struct xdp_program *program, int ifindex, enum xdp_attach_mode mode,
			unsigned flags)
{
	return fails(ONCE) ? -ENOMEM : LIBRARYS(xdp_program__detach)(program, ifindex, mode, flags);
}

int bpf_xdp_attach(int ifindex, int program, __u32 flags, const struct bpf_xdp_attach_opts *options)
{
	bool is_undone = program < 0;

	return !is_undone && fails(KIND)
		       ? -ENOMEM
		       : LIBRARYS(bpf_xdp_attach)(ifindex, program, flags, options);
}

int bpf_obj_pin(int object, const char *path)
{
	return fails(KIND) ? -ENOMEM : LIBRARYS(bpf_obj_pin)(object, path);
}

int bpf_map__update_elem(const struct bpf_map *map, const void *key, size_t key_size,
			 const void *value, size_t value_size, __u64 flags)
{
	return fails(KIND) ? -ENOMEM
			   : LIBRARYS(bpf_map__update_elem)(map, key, key_size, value, value_size,
							    flags);
}

static bool has_xdp(const char *interface)
{
	__u32 program = 0;

	return !bpf_xdp_query_id(harness_ifindex(interface), 0, &program) && program;
}

static bool has_filter(const char *interface, const char *program)
{
	return harness_shell("tc filter show dev %s ingress | grep -q '%s:'", interface, program);
}

static bool has_clsact(const char *interface)
{
	return harness_shell("tc qdisc show dev %s | grep -q clsact", interface);
}

/* The kernel has what the dataplane says of it; without clsact there are no filters. */
static bool is_so(const struct dataplane *dp, const char *interface, enum role role)
{
	const char *mode = dataplane_mode(dp, harness_ifindex(interface), role);

	if (has_xdp(interface) != (mode && *mode == 'x'))
		return false;
	return mode ? has_filter(interface, role == ROLE_UPSTREAM ? "ingest_tc" : "observe_tc")
		    : !has_clsact(interface);
}

typedef int attach_fn(struct dataplane *dp);

static int attach_wan(struct dataplane *dp)
{
	return dataplane_attach_upstream(dp, harness_ifindex("fwan0"));
}

static int renew_wan(struct dataplane *dp)
{
	return dataplane_renew_upstream(dp, harness_ifindex("fwan0"));
}

static int attach_lan(struct dataplane *dp)
{
	return dataplane_attach_downstream(dp, harness_ifindex("flan0"));
}

static const struct fault_case {
	const char *what;
	attach_fn *before[2], *attach;
	enum dataplane_choice choice;
} fault_cases[] = {
	{"a WAN, auto", {attach_lan}, attach_wan, DATAPLANE_AUTO},
	{"a WAN, xdp", {attach_lan}, attach_wan, DATAPLANE_XDP},
	{"a WAN that is renewed, auto", {attach_lan, attach_wan}, renew_wan, DATAPLANE_AUTO},
	{"a WAN that is renewed, xdp", {attach_lan, attach_wan}, renew_wan, DATAPLANE_XDP},
	{"a LAN, auto", {attach_wan}, attach_lan, DATAPLANE_AUTO},
	{"a LAN, xdp", {attach_wan}, attach_lan, DATAPLANE_XDP},
};

/* A LAN that comes has the WANs' choice made again, which then may be a refusal. */
static bool wan_may_go(const struct fault_case *row)
{
	return row->choice == DATAPLANE_XDP && row->attach == attach_lan;
}

/* Only XDP is renewed, which `auto` does not take before Linux 6.3: no LAN is known to take it. */
static bool may_be_done(const struct fault_case *row)
{
	return row->attach == renew_wan && row->choice == DATAPLANE_AUTO;
}

static bool is_right(const struct dataplane *dp, const struct fault_case *row, int error)
{
	const char *mode = dataplane_mode(dp, harness_ifindex("fwan0"), ROLE_UPSTREAM);
	bool lan = dataplane_mode(dp, harness_ifindex("flan0"), ROLE_DOWNSTREAM);
	bool done = row->attach == attach_lan ? lan : mode != NULL;
	bool choice = !mode || row->choice == DATAPLANE_AUTO ||
		      (*mode == 'x') == (row->choice == DATAPLANE_XDP);

	return done == !error && choice && (mode || wan_may_go(row) || error) &&
	       is_so(dp, "fwan0", ROLE_UPSTREAM) && is_so(dp, "flan0", ROLE_DOWNSTREAM);
}

/* False once there is no such step. */
static bool test_step(struct dataplane *dp, const struct fault_case *row, unsigned step,
		      unsigned *wrong)
{
	const char *mode;
	bool reached;
	int error;

	for (unsigned i = 0; i < 2 && row->before[i]; i++)
		if (row->before[i](dp))
			errx(2, "%s", dataplane_error(dp));
	let_fail(step);
	error = row->attach(dp);
	reached = steps >= step;
	let_fail(0);
	if (!is_right(dp, row, error)) {
		(*wrong)++;
		mode = dataplane_mode(dp, harness_ifindex("fwan0"), ROLE_UPSTREAM);
		tap_note("step %u: %d, %s, WAN %s", step, error, dataplane_error(dp),
			 mode ? mode : "-");
	}
	dataplane_detach(dp, harness_ifindex("fwan0"), ROLE_UPSTREAM);
	dataplane_detach(dp, harness_ifindex("flan0"), ROLE_DOWNSTREAM);
	*wrong += has_xdp("fwan0") || has_clsact("fwan0") || has_clsact("flan0");
	return reached;
}

static void test_case(const struct fault_case *row, bool may_look_up)
{
	struct dataplane *dp = harness_open();
	unsigned step = 1, wrong = 0;

	harness_may_look_up(may_look_up);
	dataplane_choose(dp, row->choice);
	while (test_step(dp, row, step, &wrong))
		step++;
	tap((step > 3 || may_be_done(row)) && !wrong,
	    "%s%s: %u steps that fail leave nothing half done", row->what,
	    may_look_up ? "" : ", without CAP_SYS_ADMIN", step - 1);
	dataplane_close(dp);
	harness_may_look_up(true);
}

void fault_tests(void)
{
	/* With GRO at its other end, a veth takes frames from XDP. libxdp makes its folder once. */
	if (!harness_shell(
		    "mount -t bpf bpf /sys/fs/bpf && mkdir -p /sys/fs/bpf/xdp/kept && "
		    "ip link add fwan0 type veth && ip link add flan0 type veth peer flan1 && "
		    "ip link set fwan0 up && ip link set flan0 up && "
		    "ip link set flan1 up && ethtool -K flan1 gro on"))
		errx(2, "cannot make interfaces");
	for (size_t i = 0; i < sizeof(fault_cases) / sizeof(*fault_cases); i++) {
		test_case(&fault_cases[i], true);
		test_case(&fault_cases[i], false);
	}
	harness_shell("ip link del fwan0; ip link del flan0; umount /sys/fs/bpf");
}
