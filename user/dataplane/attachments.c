/* SPDX-License-Identifier: BSD-2-Clause */
#include "dataplane/attachments.h"

#include "base/memory.h"

#include <stdlib.h>

struct attachment *attachments_find(const struct dataplane *dp, unsigned ifindex, enum role role)
{
	for (unsigned i = 0; i < dp->attachment_count; i++)
		if (dp->attachments[i].ifindex == ifindex && dp->attachments[i].role == role)
			return &dp->attachments[i];
	return NULL;
}

struct attachment *attachments_add(struct dataplane *dp, unsigned ifindex, enum role role)
{
	struct attachment *added;

	dp->attachments = memory_resize(dp->attachments,
					(dp->attachment_count + 1) * sizeof(*dp->attachments));
	added = &dp->attachments[dp->attachment_count++];
	*added = (struct attachment){.ifindex = ifindex, .role = role};
	return added;
}

void attachments_remove(struct dataplane *dp, unsigned ifindex, enum role role)
{
	struct attachment *attachment = attachments_find(dp, ifindex, role);

	if (attachment)
		*attachment = dp->attachments[--dp->attachment_count];
}

void attachments_free(struct dataplane *dp)
{
	free(dp->attachments);
	dp->attachments = NULL;
	dp->attachment_count = 0;
}

const struct attachment *attachments_find_lan(const struct dataplane *dp, bool takes_xdp)
{
	for (unsigned i = 0; i < dp->attachment_count; i++)
		if (dp->attachments[i].role == ROLE_DOWNSTREAM &&
		    dp->attachments[i].takes_xdp == takes_xdp)
			return &dp->attachments[i];
	return NULL;
}

const char *dataplane_in_front(const struct dataplane *dp, unsigned ifindex, enum role role)
{
	const struct attachment *attachment = attachments_find(dp, ifindex, role);

	return attachment ? attachment->in_front : "";
}

const char *dataplane_mode(const struct dataplane *dp, unsigned ifindex, enum role role)
{
	const struct attachment *attachment = attachments_find(dp, ifindex, role);

	if (!attachment || attachment->lost)
		return NULL;
	return attachment->xdp ? "xdp" : "tc";
}

const char *dataplane_why(const struct dataplane *dp, unsigned ifindex, enum role role)
{
	const struct attachment *attachment = attachments_find(dp, ifindex, role);

	return attachment ? attachment->why : NULL;
}
