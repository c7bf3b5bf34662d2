/* SPDX-License-Identifier: BSD-2-Clause */
/* Which program is attached where. How, is attach_tc.c's. */
#include "dataplane/internal.h"

#include "base/memory.h"

#include <net/if.h>

static bool is_attached(const struct dataplane *dp, unsigned ifindex, enum role role)
{
	for (unsigned i = 0; i < dp->attachment_count; i++)
		if (dp->attachments[i].ifindex == ifindex && dp->attachments[i].role == role)
			return true;
	return false;
}

static int attach(struct dataplane *dp, unsigned ifindex, enum role role)
{
	int error;

	if (is_attached(dp, ifindex, role))
		return 0;
	error = tc_attach(dp, ifindex, role);
	if (error)
		return error;
	dp->attachments = memory_resize(dp->attachments,
					(dp->attachment_count + 1) * sizeof(*dp->attachments));
	dp->attachments[dp->attachment_count++] = (struct attachment){ifindex, role};
	return 0;
}

int dataplane_attach_upstream(struct dataplane *dp, unsigned ifindex)
{
	return attach(dp, ifindex, ROLE_UPSTREAM);
}

int dataplane_attach_downstream(struct dataplane *dp, unsigned ifindex)
{
	return attach(dp, ifindex, ROLE_DOWNSTREAM);
}

const char *dataplane_mode(const struct dataplane *dp, unsigned ifindex)
{
	return is_attached(dp, ifindex, ROLE_UPSTREAM) || is_attached(dp, ifindex, ROLE_DOWNSTREAM)
		       ? "tc"
		       : NULL;
}

void attach_remove_leftovers(struct dataplane *dp)
{
	struct if_nameindex *interfaces = if_nameindex();

	for (unsigned i = 0; interfaces && interfaces[i].if_index; i++)
		if (!dataplane_mode(dp, interfaces[i].if_index))
			tc_remove(interfaces[i].if_index);
	if_freenameindex(interfaces);
}

void attach_remove_all(struct dataplane *dp)
{
	dp->attachment_count = 0;
	attach_remove_leftovers(dp);
}
