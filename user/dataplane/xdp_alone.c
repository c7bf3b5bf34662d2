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

#define PATH_BYTES (sizeof(PINS_FOLDER) + 32)

static const char *path_of(unsigned ifindex, unsigned kind, char path[PATH_BYTES])
{
	snprintf(path, PATH_BYTES, PINS_FOLDER "/%s_%u", kinds[kind], ifindex);
	return path;
}

static uint32_t id_of(int program)
{
	struct bpf_prog_info info = {0};
	uint32_t size = sizeof(info);

	return bpf_obj_get_info_by_fd(program, &info, &size) ? 0 : info.id;
}

/* Returns a descriptor of our program with this id, or -1. */
static int find(unsigned ifindex, uint32_t id)
{
	char path[PATH_BYTES];

	for (unsigned kind = PRESENT; id && kind <= NEXT; kind++) {
		int program = bpf_obj_get(path_of(ifindex, kind, path));

		if (program >= 0 && id_of(program) == id)
			return program;
		if (program >= 0)
			close(program);
	}
	return -1;
}

bool xdp_alone_is_ours(unsigned ifindex, uint32_t id)
{
	int program = find(ifindex, id);

	if (program >= 0)
		close(program);
	return program >= 0;
}

static int pin(unsigned ifindex, unsigned kind, int program)
{
	char path[PATH_BYTES];

	unlink(path_of(ifindex, kind, path));
	return bpf_obj_pin(program, path);
}

static void settle(unsigned ifindex)
{
	char next[PATH_BYTES], present[PATH_BYTES];

	rename(path_of(ifindex, NEXT, next), path_of(ifindex, PRESENT, present));
}

void xdp_alone_remember(unsigned ifindex, int program)
{
	pin(ifindex, PRESENT, program);
}

void xdp_alone_forget(unsigned ifindex)
{
	char path[PATH_BYTES];

	unlink(path_of(ifindex, PRESENT, path));
	unlink(path_of(ifindex, NEXT, path));
}

/* `old` is the descriptor of the program that is replaced, or -1. */
static int put(unsigned ifindex, int program, int old)
{
	LIBBPF_OPTS(bpf_xdp_attach_opts, options, .old_prog_fd = old < 0 ? 0 : old);
	int error = pin(ifindex, NEXT, program);

	if (!error)
		error = bpf_xdp_attach(ifindex, program,
				       XDP_FLAGS_DRV_MODE | (old < 0 ? XDP_FLAGS_UPDATE_IF_NOEXIST
								     : XDP_FLAGS_REPLACE),
				       old < 0 ? NULL : &options);
	if (!error)
		settle(ifindex);
	return error;
}

int xdp_alone_attach(struct ingest_xdp *ingest, unsigned ifindex, uint32_t id)
{
	int old = find(ifindex, id), error;

	if (id && old < 0)
		return -EBUSY;
	error = ingest_xdp__load(ingest);
	if (!error)
		error = put(ifindex, bpf_program__fd(ingest->progs.ingest_xdp), old);
	if (old >= 0)
		close(old);
	return error;
}

void xdp_alone_remove(unsigned ifindex, uint32_t id)
{
	int program = find(ifindex, id);

	if (program >= 0) {
		LIBBPF_OPTS(bpf_xdp_attach_opts, options, .old_prog_fd = program);

		bpf_xdp_detach(ifindex, XDP_FLAGS_DRV_MODE, &options);
		close(program);
	}
	xdp_alone_forget(ifindex);
}
