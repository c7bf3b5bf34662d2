/* SPDX-License-Identifier: BSD-2-Clause */
#include "dataplane/xdp_shared.h"

#include "dataplane/xdp_alone.h"
#include "ingest_xdp.skel.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/if_link.h>
#include <string.h>
#include <xdp/libxdp.h>

#define PROGRAM "ingest_xdp"
#define SECTION "xdp"

bool xdp_shared_is_allowed(void)
{
	uint32_t id;

	return bpf_prog_get_next_id(0, &id) != -EPERM;
}

static bool is_ours(const struct xdp_program *program)
{
	return program && !strcmp(xdp_program__name(program), PROGRAM);
}

/* The program behind `previous`, NULL for the first one. Without a dispatcher there is only one. */
static struct xdp_program *next_of(const struct xdp_multiprog *programs,
				   const struct xdp_program *previous)
{
	if (!xdp_multiprog__is_legacy(programs))
		return xdp_multiprog__next_prog(previous, programs);
	return previous ? NULL : xdp_multiprog__main_prog(programs);
}

static struct xdp_program *find_ours(const struct xdp_multiprog *programs)
{
	struct xdp_program *program = next_of(programs, NULL);

	while (program && !is_ours(program))
		program = next_of(programs, program);
	return program;
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

/* Replaces our own program where it is attached alone: libxdp would have to remove it first. A
 * daemon without CAP_SYS_ADMIN may have put it in the place of a dispatcher, whose pins are left.
 */
static int replace(struct ingest_xdp *ingest, unsigned ifindex, const struct xdp_program *old)
{
	LIBBPF_OPTS(bpf_xdp_attach_opts, options, .old_prog_fd = xdp_program__fd(old));
	int error = ingest_xdp__load(ingest);

	if (!error)
		error = bpf_xdp_attach(ifindex, bpf_program__fd(ingest->progs.ingest_xdp),
				       XDP_FLAGS_DRV_MODE | XDP_FLAGS_REPLACE, &options);
	if (!error)
		libxdp_clean_references(ifindex);
	return error;
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

static bool is_alone(const struct xdp_multiprog *programs)
{
	const struct xdp_program *first = next_of(programs, NULL);

	return is_ours(first) && !next_of(programs, first);
}

/* What is in the driver is pinned if nobody else's program is: a later daemon that may not look
 * programs up can then take its place. */
static void remember(const struct dataplane *dp, unsigned ifindex)
{
	struct xdp_multiprog *programs = xdp_multiprog__get_from_ifindex(ifindex);

	xdp_alone_forget(dp, ifindex);
	if (libxdp_get_error(programs))
		return;
	if (is_alone(programs))
		xdp_alone_remember(dp, ifindex,
				   xdp_program__fd(xdp_multiprog__main_prog(programs)));
	xdp_multiprog__close(programs);
}

int xdp_shared_attach(const struct dataplane *dp, struct ingest_xdp *ingest, unsigned ifindex)
{
	int error = attach_or_replace(ingest, ifindex);

	if (!error)
		remember(dp, ifindex);
	return error;
}

void xdp_shared_remove(const struct dataplane *dp, unsigned ifindex)
{
	struct xdp_multiprog *programs = xdp_multiprog__get_from_ifindex(ifindex);
	struct xdp_program *program;

	xdp_alone_forget(dp, ifindex);
	if (libxdp_get_error(programs))
		return;
	program = find_ours(programs);
	if (program)
		xdp_program__detach(program, ifindex, XDP_MODE_UNSPEC, 0);
	xdp_multiprog__close(programs);
}

bool xdp_shared_has_ours(unsigned ifindex)
{
	struct xdp_multiprog *programs = xdp_multiprog__get_from_ifindex(ifindex);
	bool has_ours;

	if (libxdp_get_error(programs))
		return false;
	has_ours = find_ours(programs);
	xdp_multiprog__close(programs);
	return has_ours;
}

bool xdp_shared_has_dispatcher(unsigned ifindex)
{
	struct xdp_multiprog *programs = xdp_multiprog__get_from_ifindex(ifindex);
	bool has_dispatcher;

	if (libxdp_get_error(programs))
		return false;
	has_dispatcher = !xdp_multiprog__is_legacy(programs);
	xdp_multiprog__close(programs);
	return has_dispatcher;
}

void xdp_shared_each_other(unsigned ifindex, bool until_ours,
			   void (*take)(void *context, const char *name), void *context)
{
	struct xdp_multiprog *programs = xdp_multiprog__get_from_ifindex(ifindex);
	struct xdp_program *program;

	if (libxdp_get_error(programs))
		return;
	program = next_of(programs, NULL);
	while (program && !(until_ours && is_ours(program))) {
		if (!is_ours(program))
			take(context, xdp_program__name(program));
		program = next_of(programs, program);
	}
	xdp_multiprog__close(programs);
}
