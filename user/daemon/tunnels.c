/* SPDX-License-Identifier: BSD-2-Clause */
/* The sockets of tunnels, and their endpoints in the dataplane. */
#include "base/log.h"
#include "daemon/engine.h"
#include "io/udp.h"

#include <errno.h>
#include <net/if.h>

static const char *why_not_open(int error)
{
	switch (error) {
	case ENETUNREACH:
	case EHOSTUNREACH:
		return "no route to the relay";
	case EADDRNOTAVAIL:
		return "this host does not have the source_address of [tunnels]";
	case ENODEV:
		return "there is no such vrf as [tunnels] names";
	default:
		return "cannot open a socket to the relay";
	}
}

static struct udp_path configured_path(const struct config *config)
{
	return (struct udp_path){.ipv4 = config->tunnels.ipv4,
				 .ipv6 = config->tunnels.ipv6,
				 .mark = config->tunnels.mark,
				 .vrf = config->tunnels.vrf};
}

static void came_in_elsewhere(struct engine *engine, const struct addr *peer, unsigned ifindex)
{
	char name[IF_NAMESIZE] = "another", text[ADDR_TEXT];

	engine_refused(engine, PROTOCOL_AMT, FAULT_INTERFACE, peer);
	if_indextoname(ifindex, name);
	log_warning("relay %s: its messages come in by %s, which is no upstream interface, and are "
		    "refused: name it by --upstream, or route the relay by one that is",
		    addr_format(peer, text), name);
}

/* An interface that is no uplink has no program that would carry the data; on a LAN anyone may
 * forge it. */
static void endpoint_received(void *owner, const uint8_t *bytes, size_t length, unsigned ifindex)
{
	struct amt_endpoint *endpoint = owner;
	struct engine *engine = endpoint->opener;

	if (ifindex && !links_is_uplink(engine, ifindex))
		came_in_elsewhere(engine, &endpoint->peer, ifindex);
	else
		endpoint->received(endpoint, bytes, length);
}

static bool has_address(const struct netlink_interface *link, const struct addr *address)
{
	for (unsigned i = 0; i < link->address_count; i++)
		if (addr_equal(&link->addresses[i], address))
			return true;
	return false;
}

/* The address that the route to the peer has for us; a socket has it unless another is configured.
 */
static struct addr routed_source(const struct engine *engine, const struct amt_endpoint *endpoint)
{
	struct udp_path path = configured_path(engine->config);
	bool is_configured = (endpoint->peer.family == AF_INET ? path.ipv4 : path.ipv6).family;
	struct addr source;

	path.ipv4 = path.ipv6 = (struct addr){0};
	if (is_configured && udp_source(&path, &endpoint->peer, &source))
		return source;
	return endpoint->local;
}

/* Relays are named by strangers, who shall not make us speak to ourselves or to a LAN of ours. */
static bool is_ours(const struct engine *engine, const struct amt_endpoint *endpoint)
{
	struct addr source = routed_source(engine, endpoint);

	if (addr_equal(&source, &endpoint->peer))
		return true;
	for (unsigned i = 0; i < engine->lan_count; i++)
		if (!links_is_uplink(engine, engine->lans[i].link.ifindex) &&
		    has_address(&engine->lans[i].link, &source))
			return true;
	return false;
}

/* The port that it had or is to have, then those that its peer has, from its choice on. */
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

static bool endpoint_open(void *context, struct amt_endpoint *endpoint, const char **reason)
{
	struct engine *engine = context;
	struct udp_path path = configured_path(engine->config);
	uint16_t wanted[1 + PORTS_OF_PEER];

	endpoint->opener = engine;
	path.ports = wanted;
	path.port_count = wanted_ports(engine, endpoint, wanted);
	endpoint->socket =
		udp_open(engine->loop, &path, &endpoint->peer, AMT_PORT, &endpoint->local,
			 &endpoint->local_port, endpoint_received, endpoint);
	if (!endpoint->socket) {
		*reason = why_not_open(errno);
		return false;
	}
	if (!is_ours(engine, endpoint))
		return true;
	engine_refused(engine, PROTOCOL_AMT, FAULT_ADDRESS, &endpoint->peer);
	*reason = "relay's address is this host's, or of its LAN";
	udp_close(endpoint->socket);
	endpoint->socket = NULL;
	return false;
}

static void endpoint_send(void *context, struct amt_endpoint *endpoint, const uint8_t *bytes,
			  size_t length)
{
	(void)context;
	udp_send(endpoint->socket, bytes, length);
}

static size_t endpoint_payload_max(void *context, const struct amt_endpoint *endpoint)
{
	(void)context;
	return udp_payload_max(endpoint->socket);
}

static void endpoint_close(void *context, struct amt_endpoint *endpoint)
{
	(void)context;
	udp_close(endpoint->socket);
	endpoint->socket = NULL;
}

static bool endpoint_moved(void *context, const struct amt_endpoint *endpoint)
{
	const struct engine *engine = context;
	struct udp_path path = configured_path(engine->config);
	struct addr source;

	return udp_source(&path, &endpoint->peer, &source) &&
	       !addr_equal(&source, &endpoint->local);
}

static void tunnel_opened(void *context, struct amt_tunnel *tunnel)
{
	struct engine *engine = context;
	char text[2][ADDR_TEXT];

	if (dataplane_set_tunnel(engine->dataplane, &tunnel->endpoint.local,
				 tunnel->endpoint.local_port, &tunnel->relay, AMT_PORT))
		log_warning("%s", dataplane_error(engine->dataplane));
	log_notice("tunnel to relay %s from %s port %u", addr_format(&tunnel->relay, text[0]),
		   addr_format(&tunnel->endpoint.local, text[1]), tunnel->endpoint.local_port);
}

static void tunnel_closed(void *context, struct amt_tunnel *tunnel)
{
	struct engine *engine = context;
	char text[ADDR_TEXT];

	dataplane_remove_tunnel(engine->dataplane, &tunnel->endpoint.local,
				tunnel->endpoint.local_port);
	log_notice("tunnel to relay %s closed", addr_format(&tunnel->relay, text));
}

static void message_refused(void *context, const struct addr *peer, enum protocol protocol,
			    enum fault fault)
{
	engine_refused(context, protocol, fault, peer);
}

const struct amt_tunnels_actions tunnels_actions = {.open = endpoint_open,
						    .send = endpoint_send,
						    .close = endpoint_close,
						    .payload_max = endpoint_payload_max,
						    .moved = endpoint_moved,
						    .opened = tunnel_opened,
						    .closed = tunnel_closed,
						    .up = relays_member_up,
						    .reported = relays_member_reported,
						    .failed = relays_member_failed,
						    .full = relays_member_full,
						    .data = slowpath_data,
						    .refused = message_refused};
