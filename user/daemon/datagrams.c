/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets of a LAN, as the program hands them over, to IP datagrams: fragments are put together. */
#include "daemon/engine.h"

static void lost(void *context, const struct addr *source)
{
	struct datagrams *datagrams = context;

	engine_refused(datagrams->engine, datagrams->protocol, FAULT_FRAGMENTS, source);
}

void datagrams_start(struct datagrams *datagrams, struct engine *engine, enum protocol protocol)
{
	*datagrams = (struct datagrams){
		.engine = engine,
		.protocol = protocol,
		.reassembly = {.timers = &engine->timers, .lost = lost, .context = datagrams}};
}

void datagrams_stop(struct datagrams *datagrams)
{
	reassembly_free(&datagrams->reassembly);
}

bool datagrams_take(struct datagrams *datagrams, uint32_t ifindex, struct cursor packet,
		    struct ip_datagram *ip)
{
	struct cursor whole;
	enum fault fault = reassembly_take(&datagrams->reassembly, ifindex, packet, &whole);

	if (!fault && !whole.at)
		return false;
	if (fault)
		ip_decode(packet, ip); /* whose it is */
	else
		fault = ip_decode(whole, ip);
	if (fault)
		engine_refused(datagrams->engine, datagrams->protocol, fault, &ip->source);
	return !fault;
}
