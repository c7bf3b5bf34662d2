/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/endpoints.h"
#include "base/log.h"
#include "daemon/state.h"
#include "gateway/options.h"
#include "io/udp.h"
#include "links/links.h"

#include <errno.h>
#include <net/if.h>

/* Receiving */

static void reject(struct engine *engine, const struct addr *peer, unsigned ifindex)
{
	char name[IF_NAMESIZE] = "another", text[ADDR_TEXT];

	rejected_count(&engine->rejected, PROTOCOL_AMT, FAULT_INTERFACE, peer);
	if_indextoname(ifindex, name);
	log_warning(
		"relay %s: its messages come in by %s, which is no upstream interface, and are "
		"rejected: name that interface by --upstream, or route the relay by one that is "
		"upstream",
		addr_format(peer, text), name);
}

/* Only upstream interfaces have a program that takes the data; and on a LAN anyone may forge it. */
static bool accepts(const struct amt_endpoint *endpoint, unsigned ifindex)
{
	struct engine *engine = endpoint->context;

	if (links_is_upstream(&engine->links, ifindex))
		return true;
	reject(engine, &endpoint->peer, ifindex);
	return false;
}

/* Opening */

/* The address that the route to the peer has for us. The socket has it, unless the configuration
 * has another. */
static struct addr routed_source(const struct engine *engine, const struct amt_endpoint *endpoint)
{
	struct udp_path path = udp_path_of(engine->config);
	bool is_configured = (endpoint->peer.family == AF_INET ? path.ipv4 : path.ipv6).family;
	struct addr source;

	path.ipv4 = path.ipv6 = (struct addr){0};
	if (is_configured && udp_source(&path, &endpoint->peer, &source))
		return source;
	return endpoint->local;
}

/* Strangers name relays. They must not make us speak to ourselves, nor to one of our LANs. */
static bool is_ours(const struct engine *engine, const struct amt_endpoint *endpoint)
{
	struct addr source = routed_source(engine, endpoint);

	return addr_equal(&source, &endpoint->peer) ||
	       links_is_lan_address(&engine->links, &source);
}

/* The port that the endpoint had, or is to have; then those that belong to its peer. */
static unsigned wanted_ports(const struct engine *engine, const struct amt_endpoint *endpoint,
			     uint16_t wanted[1 + PORTS_OF_PEER])
{
	uint16_t of_peer[PORTS_OF_PEER];
	unsigned count = 0, found = 0;
	struct ports ports;

	if (endpoint->local_port)
		wanted[count++] = endpoint->local_port;
	if (endpoint->keeps_port) {
		ports_read(&ports);
		found = ports_of_peer(&ports, &engine->secret, &endpoint->peer, of_peer);
	}
	for (unsigned i = endpoint->port_choice; i < found; i++)
		wanted[count++] = of_peer[i];
	return count;
}

static bool open_socket(struct amt_endpoint *endpoint, const char **reason)
{
	struct engine *engine = endpoint->context;
	struct udp_path path = udp_path_of(engine->config);
	uint16_t wanted[1 + PORTS_OF_PEER];

	path.ports = wanted;
	path.port_count = wanted_ports(engine, endpoint, wanted);
	endpoint->socket =
		udp_open(engine->loop, &path, &endpoint->peer, AMT_PORT, &endpoint->local,
			 &endpoint->local_port, amt_endpoint_receive, endpoint);
	if (!endpoint->socket) {
		*reason = udp_why_not(errno);
		return false;
	}
	udp_count_lost(endpoint->socket, &engine->forward.slow.lost);
	if (!is_ours(engine, endpoint))
		return true;
	rejected_count(&engine->rejected, PROTOCOL_AMT, FAULT_ADDRESS, &endpoint->peer);
	*reason = "relay's address is this host's, or of its LAN";
	amt_endpoint_close(endpoint);
	return false;
}

static bool moved(const struct amt_endpoint *endpoint)
{
	const struct engine *engine = endpoint->context;
	struct udp_path path = udp_path_of(engine->config);
	struct addr source;

	return udp_source(&path, &endpoint->peer, &source) &&
	       !addr_equal(&source, &endpoint->local);
}

const struct amt_endpoint_actions endpoints_actions = {.open = open_socket,
						       .send = udp_send,
						       .payload_max = udp_payload_max,
						       .close = udp_close,
						       .moved = moved,
						       .accepts = accepts};
