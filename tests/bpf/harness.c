/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness.h"

#include "dataplane/clock.h"
#include "ingest_xdp.skel.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <err.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/mount.h>
#include <unistd.h>

struct observation observation;

static unsigned tests, failed;

/* Each CPU has counters of its own, and a first packet. */
static void stay_on_one_cpu(void)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	sched_setaffinity(0, sizeof(one), &one);
}

/* The box's own BPF file system, with the pins of a daemon that may run, stays out of sight. */
void harness_enter(void)
{
	if (unshare(CLONE_NEWNS | CLONE_NEWNET) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		err(2, "cannot make namespaces (it takes root)");
	while (!umount2("/sys/fs/bpf", MNT_DETACH))
		;
	stay_on_one_cpu();
}

static void observed_pim(void *context, uint32_t ifindex, uint64_t time_ns, struct cursor packet)
{
	(void)context;
	(void)time_ns;
	observation.count++;
	observation.ifindex = ifindex;
	observation.length = cursor_left(&packet);
	memcpy(observation.packet, packet.at, observation.length);
	if (observation.takes_ms)
		usleep(observation.takes_ms * 1000);
}

static void observed_membership(void *context, uint32_t ifindex, uint64_t time_ns,
				struct cursor packet)
{
	observed_pim(context, ifindex, time_ns, packet);
	observation.membership = true;
}

static void first_packet(void *context, uint32_t slot, uint64_t time_ns)
{
	(void)context;
	(void)time_ns;
	observation.first_packets++;
	observation.slot = slot;
}

static void moved(void *context, uint32_t slot, uint64_t time_ns)
{
	(void)context;
	(void)time_ns;
	observation.moved++;
	observation.slot = slot;
}

static void rival(void *context, uint32_t ifindex, uint32_t slot)
{
	(void)context;
	observation.rivals++;
	observation.ifindex = ifindex;
	observation.slot = slot;
}

static struct ingest_xdp *xdp_copy;

static struct dataplane *open_dataplane(bool rates)
{
	struct dataplane_limits limits = {
		.channels = HARNESS_CHANNELS, .tunnels = 4, .rates = rates};
	struct dataplane_events events = {.pim = observed_pim,
					  .membership = observed_membership,
					  .first_packet = first_packet,
					  .moved = moved,
					  .rival = rival};
	struct dataplane *dp;

	if (dataplane_claim(NULL, &dp) || dataplane_open(dp, &limits, &events))
		errx(2, "%s", dataplane_error(dp));
	return dp;
}

struct dataplane *harness_open(void)
{
	return open_dataplane(false);
}

/* The sizes of the pinned maps are the dataplane's. */
static void share_maps(struct bpf_object *object)
{
	char path[64];
	struct bpf_map *map;
	int fd;

	bpf_object__for_each_map(map, object)
	{
		snprintf(path, sizeof(path), PINS "/%s", bpf_map__name(map));
		fd = bpf_obj_get(path);
		if (fd < 0)
			continue;
		bpf_map__reuse_fd(map, fd);
		close(fd);
	}
}

static void make_xdp_copy(const uint8_t mac[6], bool rates)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .pin_root_path = PINS);

	xdp_copy = ingest_xdp__open_opts(&options);
	share_maps(xdp_copy->obj);
	memcpy((uint8_t *)xdp_copy->rodata->interface_mac, mac, 6);
	clock_get((struct mci_clock *)&xdp_copy->rodata->clock);
	xdp_copy->rodata->keeps_rates = rates;
	bpf_program__set_flags(xdp_copy->progs.ingest_xdp, BPF_F_XDP_HAS_FRAGS);
	if (ingest_xdp__load(xdp_copy))
		err(2, "loading ingest_xdp");
}

struct dataplane *harness_open_with_rates(void)
{
	struct dataplane *dp = open_dataplane(true);

	ingest_xdp__destroy(xdp_copy);
	make_xdp_copy((const uint8_t[6]){0}, true);
	return dp;
}

bool harness_shell(const char *format, ...)
{
	char command[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	return system(command) == 0;
}

unsigned harness_ifindex(const char *name)
{
	unsigned ifindex = if_nametoindex(name);

	if (!ifindex)
		err(2, "interface %s", name);
	return ifindex;
}

void harness_may_look_up(bool may)
{
	const cap_value_t capability = CAP_SYS_ADMIN;
	cap_t process = cap_get_proc();

	if (!process ||
	    cap_set_flag(process, CAP_EFFECTIVE, 1, &capability, may ? CAP_SET : CAP_CLEAR) ||
	    cap_set_proc(process))
		err(2, "CAP_SYS_ADMIN");
	cap_free(process);
}

struct run harness_run(const char *program, const uint8_t *frame, size_t length, unsigned gso_size,
		       unsigned repeat)
{
	struct __sk_buff skb = {.gso_size = gso_size};
	struct run run = {.length = 0};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = length,
		    .data_out = run.frame, .data_size_out = sizeof(run.frame), .ctx_in = &skb,
		    .ctx_size_in = sizeof(skb), .repeat = repeat);
	char path[64];
	int fd;

	snprintf(path, sizeof(path), PINS "/%s", program);
	fd = bpf_obj_get(path);
	if (fd < 0 || bpf_prog_test_run_opts(fd, &opts))
		err(2, "BPF_PROG_RUN of %s", path);
	close(fd);
	run.verdict = opts.retval;
	run.length = opts.data_size_out;
	return run;
}

/* Loopback stands for every egress: the test run of a single packet redirects nothing. */
int harness_xdp_copy(const uint8_t mac[6])
{
	uint32_t loopback = 1;

	if (!xdp_copy)
		make_xdp_copy(mac, false);
	for (uint32_t port = 0; port < 2 * MCI_LANS_MAX; port++)
		bpf_map__update_elem(xdp_copy->maps.lan_ports, &port, sizeof(port), &loopback,
				     sizeof(loopback), BPF_ANY);
	return bpf_program__fd(xdp_copy->progs.ingest_xdp);
}

struct run harness_run_xdp(const uint8_t *frame, size_t length)
{
	struct run run = {.length = 0};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = length,
		    .data_out = run.frame, .data_size_out = sizeof(run.frame), .repeat = 1);
	int fd = harness_xdp_copy((const uint8_t[6]){0});

	if (bpf_prog_test_run_opts(fd, &opts))
		err(2, "BPF_PROG_RUN of ingest_xdp");
	run.verdict = opts.retval;
	run.length = opts.data_size_out;
	return run;
}

void tap(bool ok, const char *format, ...)
{
	va_list args;

	failed += !ok;
	printf("%sok %u - ", ok ? "" : "not ", ++tests);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
}

void tap_note(const char *format, ...)
{
	va_list args;

	printf("# ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

void tap_frame(const char *what, const uint8_t *frame, size_t length)
{
	printf("# %s, %zu bytes:", what, length);
	for (size_t i = 0; i < length && i < 96; i++)
		printf("%s%02x", i % 2 ? "" : " ", frame[i]);
	printf(length > 96 ? " ...\n" : "\n");
}

int tap_end(void)
{
	printf("1..%u\n", tests);
	return failed ? 1 : 0;
}
