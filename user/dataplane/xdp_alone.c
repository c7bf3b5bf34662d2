/* SPDX-License-Identifier: BSD-2-Clause */
#include "dataplane/xdp_alone.h"

#include "dataplane/pins.h"
#include "ingest_xdp.skel.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/if_link.h>
#include <stdio.h>
#include <unistd.h>

/* While a program is replaced there are two pins, so that at each moment the one in the driver is
 * pinned. */
static const char *const kinds[] = {"ingest_xdp", "next_xdp"};
enum { PRESENT, NEXT };

static const char *path_of(const struct dataplane *dp, unsigned ifindex, unsigned kind,
			   char path[PINS_PATH])
{
	snprintf(path, PINS_PATH, "%s/%s_%u", dp->pins, kinds[kind], ifindex);
	return path;
}

static uint32_t id_of(int program)
{
	struct bpf_prog_info info = {0};
	uint32_t size = sizeof(info);

	return bpf_obj_get_info_by_fd(program, &info, &size) ? 0 : info.id;
}

/* Returns a descriptor of our program with this id, or -1. */
static int find(const struct dataplane *dp, unsigned ifindex, uint32_t id)
{
	char path[PINS_PATH];

	for (unsigned kind = PRESENT; id && kind <= NEXT; kind++) {
		int program = bpf_obj_get(path_of(dp, ifindex, kind, path));

		if (program >= 0 && id_of(program) == id)
			return program;
		if (program >= 0)
			close(program);
	}
	return -1;
}

bool xdp_alone_is_ours(const struct dataplane *dp, unsigned ifindex, uint32_t id)
{
	int program = find(dp, ifindex, id);

	if (program >= 0)
		close(program);
	return program >= 0;
}

static int pin(const struct dataplane *dp, unsigned ifindex, unsigned kind, int program)
{
	char path[PINS_PATH];

	unlink(path_of(dp, ifindex, kind, path));
	return bpf_obj_pin(program, path);
}

static void settle(const struct dataplane *dp, unsigned ifindex)
{
	char next[PINS_PATH], present[PINS_PATH];

	rename(path_of(dp, ifindex, NEXT, next), path_of(dp, ifindex, PRESENT, present));
}

void xdp_alone_remember(const struct dataplane *dp, unsigned ifindex, int program)
{
	pin(dp, ifindex, PRESENT, program);
}

void xdp_alone_forget(const struct dataplane *dp, unsigned ifindex)
{
	char path[PINS_PATH];

	unlink(path_of(dp, ifindex, PRESENT, path));
	unlink(path_of(dp, ifindex, NEXT, path));
}

/* `old` is the descriptor of the program that is replaced, or -1. */
static int put(const struct dataplane *dp, unsigned ifindex, int program, int old)
{
	LIBBPF_OPTS(bpf_xdp_attach_opts, options, .old_prog_fd = old < 0 ? 0 : old);
	int error = pin(dp, ifindex, NEXT, program);

	if (!error)
		error = bpf_xdp_attach(ifindex, program,
				       XDP_FLAGS_DRV_MODE | (old < 0 ? XDP_FLAGS_UPDATE_IF_NOEXIST
								     : XDP_FLAGS_REPLACE),
				       old < 0 ? NULL : &options);
	if (!error)
		settle(dp, ifindex);
	return error;
}

int xdp_alone_attach(const struct dataplane *dp, struct ingest_xdp *ingest, unsigned ifindex,
		     uint32_t id)
{
	int old = find(dp, ifindex, id), error;

	if (id && old < 0)
		return -EBUSY;
	error = ingest_xdp__load(ingest);
	if (!error)
		error = put(dp, ifindex, bpf_program__fd(ingest->progs.ingest_xdp), old);
	if (old >= 0)
		close(old);
	return error;
}

void xdp_alone_remove(const struct dataplane *dp, unsigned ifindex, uint32_t id)
{
	int program = find(dp, ifindex, id);

	if (program >= 0) {
		LIBBPF_OPTS(bpf_xdp_attach_opts, options, .old_prog_fd = program);

		bpf_xdp_detach(ifindex, XDP_FLAGS_DRV_MODE, &options);
		close(program);
	}
	xdp_alone_forget(dp, ifindex);
}
