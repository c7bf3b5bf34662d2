/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel.h"

#include "../clock.h"
#include "endpoints.h"

#define TUNNELS_MAX 64
#define P_FLAG      0x80
#define UPDATE_FOLD 3 /* an Update keeps the tunnel this many times longer than a Request */

static struct {
	struct path path;
	uint32_t nonce;
	int64_t expires;
} tunnels[TUNNELS_MAX];

/* The place of that address, else a free place, else -1. */
static int tunnel_of(const struct path *path, int64_t now)
{
	int place = -1;

	for (int i = 0; i < TUNNELS_MAX; i++) {
		if (tunnels[i].expires <= now)
			place = i;
		else if (address_equal(&tunnels[i].path.gateway, &path->gateway))
			return i;
	}
	return place;
}

const char *kernel_request(struct path *path, struct amt_message *m, int64_t now)
{
	int i;

	if (m->flags & ~P_FLAG)
		return "reserved bits set";
	m->mld = m->flags & P_FLAG;
	m->reserved_set = false;
	i = tunnel_of(path, now);
	if (i < 0)
		return "too many tunnels";
	if (tunnels[i].expires <= now) {
		tunnels[i].path = *path;
		tunnels[i].expires = now + membership_interval();
	}
	tunnels[i].nonce = m->nonce;
	*path = tunnels[i].path;
	return NULL;
}

const char *kernel_update(struct path *path, const struct amt_message *m, int64_t now)
{
	int i = tunnel_of(path, now);

	if (m->reserved_set)
		return "reserved bits set";
	if (i < 0 || tunnels[i].expires <= now)
		return "no tunnel of that address";
	if (m->nonce != tunnels[i].nonce)
		return "not the nonce of the last Request";
	tunnels[i].expires = now + UPDATE_FOLD * membership_interval();
	*path = tunnels[i].path;
	return NULL;
}
