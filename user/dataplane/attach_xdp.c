/* SPDX-License-Identifier: BSD-2-Clause */
#include "dataplane/attach_xdp.h"

#include "dataplane/attachments.h"
#include "dataplane/error.h"
#include "dataplane/lans.h"
#include "dataplane/pins.h"
#include "dataplane/program.h"
#include "ingest_xdp.skel.h"

#include <errno.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <xdp/libxdp.h>

#define PROGRAM "ingest_xdp"
#define SECTION "xdp"

static int get_mac(unsigned ifindex, uint8_t mac[6])
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), error = 0;
	struct ifreq request = {0};

	if (fd < 0)
		return -errno;
	if (!if_indextoname(ifindex, request.ifr_name) || ioctl(fd, SIOCGIFHWADDR, &request))
		error = -errno;
	memcpy(mac, request.ifr_hwaddr.sa_data, 6);
	close(fd);
	return error;
}

static bool is_ours(const struct xdp_program *program)
{
	return program && !strcmp(xdp_program__name(program), PROGRAM);
}

static struct xdp_program *find_ours(const struct xdp_multiprog *programs)
{
	struct xdp_program *program = NULL;

	if (xdp_multiprog__is_legacy(programs)) {
		program = xdp_multiprog__main_prog(programs);
		return is_ours(program) ? program : NULL;
	}
	while ((program = xdp_multiprog__next_prog(program, programs)))
		if (is_ours(program))
			return program;
	return NULL;
}

/* Attaches our program beside the programs that are there. */
static int attach(struct ingest_xdp *ingest, unsigned ifindex)
{
	struct xdp_program *program = xdp_program__from_bpf_obj(ingest->obj, SECTION);
	int error = libxdp_get_error(program);

	if (error)
		return error;
	error = xdp_program__attach(program, ifindex, XDP_MODE_NATIVE, 0);
	xdp_program__close(program);
	return error;
}

/* Replaces our own program where it is attached alone: libxdp would have to remove it first. */
static int replace(struct ingest_xdp *ingest, unsigned ifindex, const struct xdp_program *old)
{
	LIBBPF_OPTS(bpf_xdp_attach_opts, options, .old_prog_fd = xdp_program__fd(old));
	int error = ingest_xdp__load(ingest);

	if (error)
		return error;
	return bpf_xdp_attach(ifindex, bpf_program__fd(ingest->progs.ingest_xdp),
			      XDP_FLAGS_DRV_MODE | XDP_FLAGS_REPLACE, &options);
}

/* Packets that come between the old program and the new one are handled by TC. */
static int attach_or_replace(struct ingest_xdp *ingest, unsigned ifindex)
{
	struct xdp_multiprog *programs = xdp_multiprog__get_from_ifindex(ifindex);
	struct xdp_program *old;
	int error;

	if (libxdp_get_error(programs))
		return attach(ingest, ifindex);
	old = find_ours(programs);
	if (old && xdp_multiprog__is_legacy(programs)) {
		error = replace(ingest, ifindex, old);
	} else {
		error = attach(ingest, ifindex);
		if (!error && old)
			xdp_program__detach(old, ifindex, XDP_MODE_UNSPEC, 0);
	}
	xdp_multiprog__close(programs);
	return error;
}

static int add_port(const struct ingest_xdp *ingest, uint32_t key, uint32_t ifindex)
{
	return bpf_map__update_elem(ingest->maps.lan_ports, &key, sizeof(key), &ifindex,
				    sizeof(ifindex), BPF_ANY);
}

/* Tells the program the LANs that it may send to. Until then it leaves all packets to TC. */
static int tell_lans(struct dataplane *dp, const struct ingest_xdp *ingest)
{
	int error = 0;

	for (unsigned i = 0; !error && i < dp->attachment_count; i++) {
		const struct attachment *lan = &dp->attachments[i];
		int number = lan->takes_xdp ? lans_number(dp, lan->ifindex) : -1;

		if (number < 0)
			continue;
		error = add_port(ingest, number, lan->ifindex);
		if (!error && lan->takes_parts)
			error = add_port(ingest, number + MCI_LAN_PARTS, lan->ifindex);
	}
	return error;
}

/* Each attempt needs a new object: once it is loaded, its flags cannot be changed. */
static int attempt(struct dataplane *dp, unsigned ifindex, bool frags)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .pin_root_path = PINS_FOLDER);
	struct ingest_xdp *ingest = ingest_xdp__open_opts(&options);
	int error;

	error_forget_driver();
	if (!ingest)
		return -errno;
	program_set_sizes(dp, ingest->obj);
	memcpy((void *)&ingest->rodata->clock, &dp->clock, sizeof(dp->clock));
	bpf_program__set_flags(ingest->progs.ingest_xdp, frags ? BPF_F_XDP_HAS_FRAGS : 0);
	error = get_mac(ifindex, (uint8_t *)ingest->rodata->interface_mac);
	if (!error)
		error = attach_or_replace(ingest, ifindex);
	if (!error)
		error = tell_lans(dp, ingest);
	ingest_xdp__destroy(ingest);
	return error;
}

static bool is_taken(int error)
{
	return error == -EBUSY || error == -EEXIST;
}

int xdp_attach(struct dataplane *dp, unsigned ifindex)
{
	int error = attempt(dp, ifindex, true);

	if (error && !is_taken(error))
		error = attempt(dp, ifindex, false);
	if (!error)
		return 0;
	if (is_taken(error))
		return dataplane_fail(dp, error,
				      "another XDP program does not share the interface");
	return dataplane_fail(dp, error, "driver refused XDP: %s", error_of_driver(error));
}

uint32_t xdp_id(unsigned ifindex)
{
	uint32_t id = 0;

	return bpf_xdp_query_id(ifindex, 0, &id) ? 0 : id;
}

void xdp_each_other(unsigned ifindex, bool until_ours,
		    void (*take)(void *context, const char *name), void *context)
{
	struct xdp_multiprog *programs = xdp_multiprog__get_from_ifindex(ifindex);
	bool is_legacy;
	struct xdp_program *program;

	if (libxdp_get_error(programs))
		return;
	is_legacy = xdp_multiprog__is_legacy(programs);
	program = is_legacy ? xdp_multiprog__main_prog(programs)
			    : xdp_multiprog__next_prog(NULL, programs);
	while (program && !(until_ours && is_ours(program))) {
		if (!is_ours(program))
			take(context, xdp_program__name(program));
		program = is_legacy ? NULL : xdp_multiprog__next_prog(program, programs);
	}
	xdp_multiprog__close(programs);
}

bool xdp_is_attached(unsigned ifindex, uint32_t *id)
{
	struct xdp_multiprog *programs;
	bool is_attached;
	uint32_t now = 0;

	if (bpf_xdp_query_id(ifindex, 0, &now) || (now && now == *id))
		return true;
	programs = xdp_multiprog__get_from_ifindex(ifindex);
	if (libxdp_get_error(programs))
		return false;
	is_attached = find_ours(programs);
	xdp_multiprog__close(programs);
	*id = is_attached ? now : 0;
	return is_attached;
}

void xdp_remove(unsigned ifindex)
{
	struct xdp_multiprog *programs = xdp_multiprog__get_from_ifindex(ifindex);
	struct xdp_program *program;

	if (libxdp_get_error(programs))
		return;
	program = find_ours(programs);
	if (program)
		xdp_program__detach(program, ifindex, XDP_MODE_UNSPEC, 0);
	xdp_multiprog__close(programs);
}
