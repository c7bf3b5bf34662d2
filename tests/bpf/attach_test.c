/* SPDX-License-Identifier: BSD-2-Clause */
/* What the dataplane adds to the kernel and takes away again: filters, clsact, pins, the BPF file
 * system; its own and a killed daemon's, and nothing of others. */
#include "harness.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <err.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Another's filter, for which any program does. */
#define OTHERS "pref 1 handle 1 protocol all bpf da pinned " PINS "/observe_tc"

static bool has_clsact(const char *interface)
{
	return harness_shell("tc qdisc show dev %s | grep -q clsact", interface);
}

static bool has_program(const char *interface, const char *program)
{
	return harness_shell("tc filter show dev %s ingress | grep -q '%s:'", interface, program);
}

static bool has_others(const char *interface, const char *side)
{
	return harness_shell("tc filter show dev %s %s | grep -q 'pref 1 bpf'", interface, side);
}

static bool has_pins(void)
{
	return harness_shell("test -e " PINS "/channels4 -a -e " PINS "/ingest_tc");
}

static bool has_bpffs(void)
{
	return harness_shell("grep -q ' /sys/fs/bpf bpf ' /proc/self/mounts");
}

static void attach_both(struct dataplane *dp)
{
	if (dataplane_attach_upstream(dp, harness_ifindex("wan0")) ||
	    dataplane_attach_downstream(dp, harness_ifindex("lan0")))
		errx(2, "%s", dataplane_error(dp));
}

static void test_clean(void)
{
	struct dataplane *dp = harness_open();

	attach_both(dp);
	tap(has_program("wan0", "ingest_tc") && has_program("lan0", "observe_tc"), "attached");
	tap(has_bpffs() && has_pins(), "the BPF file system is mounted, maps and programs pinned");
	tap(!strcmp(dataplane_mode(dp, harness_ifindex("wan0"), ROLE_UPSTREAM), "tc") &&
		    !strcmp(dataplane_mode(dp, harness_ifindex("lan0"), ROLE_DOWNSTREAM), "tc") &&
		    !dataplane_mode(dp, harness_ifindex("wan0"), ROLE_DOWNSTREAM),
	    "the mode says how");
	dataplane_close(dp);
	tap(!has_clsact("wan0") && !has_clsact("lan0"), "closing removes clsact");
	tap(!harness_shell("test -e " PINS) && !has_bpffs(), "and pins and mount");
}

static void test_one_armed(void)
{
	struct dataplane *dp = harness_open();
	unsigned ifindex = harness_ifindex("wan0");

	if (dataplane_attach_upstream(dp, ifindex) || dataplane_attach_downstream(dp, ifindex) ||
	    dataplane_attach_upstream(dp, ifindex))
		errx(2, "%s", dataplane_error(dp));
	tap(has_program("wan0", "ingest_tc") && has_program("wan0", "observe_tc"),
	    "both programs on one interface");
	dataplane_close(dp);
	tap(!has_clsact("wan0"), "both are removed, and clsact");
}

static void test_detach(void)
{
	struct dataplane *dp = harness_open();
	unsigned wan = harness_ifindex("wan0"), lan = harness_ifindex("lan0");

	attach_both(dp);
	dataplane_detach(dp, wan, ROLE_UPSTREAM);
	tap(!has_clsact("wan0") && !dataplane_mode(dp, wan, ROLE_UPSTREAM) &&
		    has_program("lan0", "observe_tc"),
	    "an upstream is detached, the LAN is not");
	dataplane_detach(dp, wan, ROLE_UPSTREAM);
	dataplane_detach(dp, lan, ROLE_DOWNSTREAM);
	tap(!has_clsact("lan0") && !dataplane_mode(dp, lan, ROLE_DOWNSTREAM), "then the LAN");
	dataplane_detach(dp, 9999, ROLE_DOWNSTREAM);
	attach_both(dp);
	tap(has_program("wan0", "ingest_tc") && has_program("lan0", "observe_tc"),
	    "and both are attached again");
	dataplane_close(dp);
}

static void test_clsact_of_others(void)
{
	struct dataplane *dp;

	harness_shell("tc qdisc add dev wan0 clsact");
	dp = harness_open();
	attach_both(dp);
	dataplane_close(dp);
	tap(has_clsact("wan0") && !has_program("wan0", "ingest_tc"), "a clsact of others is left");
	harness_shell("tc qdisc del dev wan0 clsact");
}

static void test_filter_of_others(const char *side)
{
	struct dataplane *dp = harness_open();

	attach_both(dp);
	harness_shell("tc filter add dev wan0 %s " OTHERS, side);
	dataplane_close(dp);
	tap(has_others("wan0", side) && !has_program("wan0", "ingest_tc"),
	    "a filter of others on our clsact is left: %s", side);
	harness_shell("tc qdisc del dev wan0 clsact");
}

/* Pairs of an upstream and a LAN whose losses are counted. */
static bool has_pairs(int number)
{
	return harness_shell("test $(bpftool map dump pinned " PINS "/refused | grep -c lan) = %d",
			     number);
}

static bool has_links(void)
{
	return harness_shell("test -e " PINS "/refused_redirect -a -e " PINS
			     "/refused_frames -a -e " PINS "/refused_skb");
}

/* A daemon that attaches and is gone without a word. */
static void be_killed(void)
{
	pid_t child = fork();

	if (!child) {
		attach_both(harness_open());
		_exit(0);
	}
	waitpid(child, NULL, 0);
}

static void skip_tunnel(void *context, const struct addr *relay, const struct addr *local,
			uint16_t local_port)
{
	(void)context;
	(void)relay;
	(void)local;
	(void)local_port;
}

static void skip_channel(void *context, const struct sg *sg,
			 const struct dataplane_channel *channel)
{
	(void)context;
	(void)sg;
	(void)channel;
}

static const struct dataplane_visitor nothing = {.tunnel = skip_tunnel, .channel = skip_channel};

static void test_leftovers(void)
{
	struct dataplane *dp;

	harness_shell("tc qdisc add dev lan0 clsact");
	be_killed();
	tap(has_program("wan0", "ingest_tc") && has_program("lan0", "observe_tc") && has_pins(),
	    "a killed daemon's programs stay attached and pinned");
	tap(has_links() && has_pairs(1), "and count what the LAN does not take");
	dp = harness_open();
	tap(has_program("wan0", "ingest_tc") && has_program("lan0", "observe_tc"),
	    "they work on until its successor has attached its own");
	dataplane_visit_adopted(dp, &nothing);
	tap(!has_clsact("wan0") && !has_program("lan0", "observe_tc"),
	    "its successor removes them where it is not attached");
	tap(has_clsact("lan0"), "but no clsact of others");
	tap(has_links() && has_pairs(0), "and counts nothing of their interfaces");
	attach_both(dp);
	dataplane_close(dp);
	tap(!has_clsact("wan0") && has_clsact("lan0"), "and leaves as much when it ends");
	tap(has_bpffs(), "and the mount, which it found");
	harness_shell("tc qdisc del dev lan0 clsact; umount /sys/fs/bpf");
}

/* Its successor has one role fewer there: that program goes, the other one stays. */
static void test_one_arm_fewer(void)
{
	unsigned ifindex = harness_ifindex("wan0");
	struct dataplane *dp;

	if (!fork()) {
		dp = harness_open();
		_exit(dataplane_attach_downstream(dp, ifindex) ||
		      dataplane_attach_upstream(dp, ifindex));
	}
	wait(NULL);
	dp = harness_open();
	if (dataplane_attach_downstream(dp, ifindex))
		errx(2, "%s", dataplane_error(dp));
	dataplane_visit_adopted(dp, &nothing);
	tap(!has_program("wan0", "ingest_tc") && has_program("wan0", "observe_tc"),
	    "a killed daemon's program of another role is removed, beside ours");
	dataplane_close(dp);
	tap(!has_clsact("wan0"), "and clsact with the last one");
}

static void test_refusals(void)
{
	struct dataplane *dp = harness_open();
	int error;

	harness_shell("tc qdisc add dev wan0 clsact && tc filter add dev wan0 ingress pref 2268 "
		      "handle 1 protocol all bpf da pinned " PINS "/observe_tc");
	error = dataplane_attach_upstream(dp, harness_ifindex("wan0"));
	tap(error && strstr(dataplane_error(dp), "tc filter show dev wan0 ingress"),
	    "our handle is taken: %s", dataplane_error(dp));
	tap(harness_shell("tc filter show dev wan0 ingress | grep -q observe_tc"),
	    "and stays the other's");
	error = dataplane_attach_upstream(dp, 4711);
	tap(error && strstr(dataplane_error(dp), "no such interface"), "no interface: %s",
	    dataplane_error(dp));
	dataplane_close(dp);
	harness_shell("tc qdisc del dev wan0 clsact");
}

static void test_pin_of_others(void)
{
	struct dataplane *dp = harness_open();

	harness_shell("mkdir /sys/fs/bpf/other");
	dataplane_close(dp);
	tap(has_bpffs(), "the mount is left to others who pinned something");
	harness_shell("umount /sys/fs/bpf");
}

/* A map of that name and of another layout stands for a kernel that cannot count. */
static void test_uncounted(void)
{
	struct dataplane *dp;
	uint64_t packets;

	harness_shell("mount -t bpf bpf /sys/fs/bpf && mkdir " PINS " && bpftool map create " PINS
		      "/refused type hash key 4 value 4 entries 1 name refused");
	dp = harness_open();
	attach_both(dp);
	tap(has_program("wan0", "ingest_tc") && !has_links() &&
		    !dataplane_refused(dp, harness_ifindex("lan0"), &packets),
	    "where what a LAN refuses cannot be counted, all else works");
	dataplane_close(dp);
	tap(!harness_shell("test -e " PINS), "and nothing is left");
	harness_shell("umount /sys/fs/bpf");
}

/* A program of another tool that lets everything pass. `passes` is the verdict that does so. */
static int load_other(enum bpf_prog_type type, const char *name, int passes)
{
	struct bpf_insn code[] = {{.code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = passes},
				  {.code = BPF_JMP | BPF_EXIT}};
	int fd = bpf_prog_load(type, name, "GPL", code, 2, NULL);

	if (fd < 0)
		errx(2, "cannot load a program");
	return fd;
}

static int attach_tcx(unsigned ifindex, int program)
{
	union bpf_attr attr = {.target_fd = ifindex, /* target_ifindex, in the same place */
			       .attach_bpf_fd = program,
			       .attach_type = 46 /* BPF_TCX_INGRESS */};

	return (int)syscall(SYS_bpf, BPF_PROG_ATTACH, &attr, sizeof(attr));
}

static void detach_tcx(unsigned ifindex, int program)
{
	union bpf_attr attr = {.target_fd = ifindex, .attach_bpf_fd = program, .attach_type = 46};

	syscall(SYS_bpf, BPF_PROG_DETACH, &attr, sizeof(attr));
}

/* Whether what stands in front of our filter begins with this text; or nothing does, if it is
 * empty. */
static bool stands_in_front(struct dataplane *dp, unsigned ifindex, enum role role,
			    const char *expected)
{
	const char *found;

	dataplane_is_lost(dp, ifindex, role);
	found = dataplane_in_front(dp, ifindex, role);
	return *expected ? !strncmp(found, expected, strlen(expected)) : !*found;
}

static void test_programs_in_front(void)
{
	unsigned wan = harness_ifindex("wan0"), lan = harness_ifindex("lan0");
	int tcx = load_other(BPF_PROG_TYPE_SCHED_CLS, "another_tcx", -1);
	int xdp = load_other(BPF_PROG_TYPE_XDP, "another_xdp", XDP_PASS);
	struct dataplane *dp = harness_open();

	attach_both(dp);
	tap(stands_in_front(dp, wan, ROLE_UPSTREAM, ""), "nothing stands in front");
	if (attach_tcx(wan, tcx))
		tap(true, "# SKIP this kernel has no TCX");
	else
		tap(stands_in_front(dp, wan, ROLE_UPSTREAM, "TCX program another_tcx"),
		    "TCX is named");
	detach_tcx(wan, tcx);
	if (bpf_xdp_attach(lan, xdp, XDP_FLAGS_SKB_MODE, NULL))
		errx(2, "cannot attach XDP");
	harness_shell("tc filter add dev lan0 ingress " OTHERS);
	tap(stands_in_front(dp, lan, ROLE_DOWNSTREAM, "XDP program another_xdp, bpf observe_tc"),
	    "XDP is named, before a filter: %s", dataplane_in_front(dp, lan, ROLE_DOWNSTREAM));
	bpf_xdp_detach(lan, XDP_FLAGS_SKB_MODE, NULL);
	tap(!stands_in_front(dp, lan, ROLE_DOWNSTREAM, "") &&
		    stands_in_front(dp, wan, ROLE_UPSTREAM, ""),
	    "and no longer once it is gone");
	close(tcx);
	close(xdp);
	dataplane_close(dp);
	harness_shell("tc qdisc del dev lan0 clsact");
}

void attach_tests(void)
{
	if (!harness_shell("ip link add wan0 type veth peer name lan0"))
		errx(2, "cannot make veth interfaces");
	test_clean();
	test_one_armed();
	test_detach();
	test_clsact_of_others();
	test_filter_of_others("ingress");
	test_filter_of_others("egress");
	test_leftovers();
	test_one_arm_fewer();
	test_refusals();
	test_pin_of_others();
	test_uncounted();
	test_programs_in_front();
	harness_shell("ip link del wan0");
}
