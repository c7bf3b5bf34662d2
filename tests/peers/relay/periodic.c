/* SPDX-License-Identifier: BSD-2-Clause */
#include "periodic.h"

#include "../clock.h"
#include "manners.h"

#define GATEWAYS_MAX 64
#define IDLE         (120 * NS_PER_S)

static struct gateway {
	struct path path;
	uint32_t nonce;
	bool igmp, mld; /* has been asked for */
	int64_t expires;
} gateways[GATEWAYS_MAX];

static bool is_at(const struct gateway *g, const struct path *path)
{
	return address_equal(&g->path.gateway, &path->gateway) && g->path.port == path->port;
}

/* The gateway's place, else a free place, else NULL. */
static struct gateway *place_of(const struct path *path, int64_t now)
{
	struct gateway *place = NULL;

	for (int i = 0; i < GATEWAYS_MAX; i++) {
		struct gateway *g = &gateways[i];

		if (g->expires > now && is_at(g, path))
			return g;
		if (g->expires <= now)
			place = g;
	}
	if (place)
		*place = (struct gateway){.path = *path};
	return place;
}

const char *periodic_request(const struct path *path, const struct amt_message *m, int64_t now)
{
	struct gateway *g = place_of(path, now);

	if (!g)
		return "too many gateways";
	g->nonce = m->nonce;
	g->igmp |= !m->mld;
	g->mld |= m->mld;
	g->expires = now + IDLE;
	return NULL;
}

void periodic_update(const struct path *path, int64_t now)
{
	for (int i = 0; i < GATEWAYS_MAX; i++)
		if (gateways[i].expires > now && is_at(&gateways[i], path))
			gateways[i].expires = now + IDLE;
}

void periodic_send_due(int64_t now, periodic_query *query)
{
	static int64_t due;

	if (now < due || !manners.periodic)
		return;
	due = now + manners.periodic * NS_PER_MS;
	for (int i = 0; i < GATEWAYS_MAX; i++) {
		const struct gateway *g = &gateways[i];

		if (g->expires > now && g->igmp)
			query(&g->path, g->nonce, false);
		if (g->expires > now && g->mld)
			query(&g->path, g->nonce, true);
	}
}
