/* SPDX-License-Identifier: BSD-2-Clause */
#include "lan/datagrams.h"

static void lost(void *context, const struct addr *source)
{
	struct datagrams *datagrams = context;

	datagrams->rejected(datagrams->context, datagrams->protocol, FAULT_FRAGMENTS, source);
}

void datagrams_init(struct datagrams *datagrams, struct timers *timers, enum protocol protocol,
		    datagrams_rejected_fn *rejected, void *context)
{
	*datagrams = (struct datagrams){
		.protocol = protocol,
		.rejected = rejected,
		.context = context,
		.reassembly = {.timers = timers, .lost = lost, .context = datagrams}};
}

void datagrams_free(struct datagrams *datagrams)
{
	reassembly_free(&datagrams->reassembly);
}

bool datagrams_take(struct datagrams *datagrams, unsigned ifindex, struct cursor packet,
		    struct ip_datagram *ip)
{
	struct cursor whole;
	enum fault fault = reassembly_take(&datagrams->reassembly, ifindex, packet, &whole);

	if (!fault && !whole.at)
		return false;
	if (fault)
		ip_decode(packet, ip); /* for its source address */
	else
		fault = ip_decode(whole, ip);
	if (fault)
		datagrams->rejected(datagrams->context, datagrams->protocol, fault, &ip->source);
	return !fault;
}
