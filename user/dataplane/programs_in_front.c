/* SPDX-License-Identifier: BSD-2-Clause */
#include "dataplane/programs_in_front.h"

#include "dataplane/attach_xdp.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TCX_INGRESS 46 /* BPF_TCX_INGRESS of Linux 6.6 */
#define TCX_MAX     8  /* programs that are named */

struct text {
	const char *kind;
	char *at;
	size_t size;
};

static void add(void *context, const char *name)
{
	const struct text *text = context;
	size_t length = strlen(text->at);

	snprintf(text->at + length, text->size - length, "%s%s program %s", length ? ", " : "",
		 text->kind, name);
}

/* Its name needs CAP_SYS_ADMIN; without it, `bpftool prog show id ID` tells the operator. */
static void add_program(struct text *text, uint32_t id)
{
	struct bpf_prog_info info = {0};
	uint32_t size = sizeof(info);
	int fd = bpf_prog_get_fd_by_id(id);

	if (fd == -ENOENT) /* gone since then */
		return;
	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &size))
		snprintf(info.name, sizeof(info.name), "id %u", id);
	add(text, info.name);
	if (fd >= 0)
		close(fd);
}

/* Listing XDP programs is slow, so it is done only after a change. */
static void look_at_xdp(const struct dataplane *dp, struct attachment *attachment)
{
	struct text text = {"XDP", attachment->xdp_in_front, sizeof(attachment->xdp_in_front)};
	uint32_t id = xdp_id(attachment->ifindex);

	if (id == attachment->xdp_in_front_id)
		return;
	*attachment->xdp_in_front = '\0';
	attachment->xdp_in_front_id = id;
	if (id)
		xdp_each_other(dp, attachment->ifindex, attachment->role == ROLE_UPSTREAM, add,
			       &text);
}

void programs_in_front_look(const struct dataplane *dp, struct attachment *attachment)
{
	struct text text = {"TCX", attachment->in_front, sizeof(attachment->in_front)};
	uint32_t ids[TCX_MAX], count = TCX_MAX;
	int error;

	look_at_xdp(dp, attachment);
	strcpy(attachment->in_front, attachment->xdp_in_front);
	error = bpf_prog_query(attachment->ifindex, TCX_INGRESS, 0, NULL, ids, &count);
	if (error && error != -ENOSPC) /* -ENOSPC: there are more than TCX_MAX */
		return;
	for (uint32_t i = 0; i < count && i < TCX_MAX; i++)
		add_program(&text, ids[i]);
}
