/* SPDX-License-Identifier: BSD-2-Clause */
/* The tunnels of a few members, with relays that say anything while time passes: tables keep their
 * limits, every timer and endpoint that is there is one of theirs, each member is in one place and
 * is told what happens to it, and what is sent is whole and goes out of an open endpoint.
 *
 * STEP_JOIN, STEP_LEAVE: argument % MEMBERS is the member; above it the place, and whether that is
 * a discovery address. STEP_MESSAGE: to endpoint `argument % open endpoints`, with the nonce that
 * is awaited there; from argument 128 on with the nonce in the bytes. STEP_REFUSE: so many
 * endpoints cannot be opened. */
#include "amt/tunnels.h"
#include "base/log.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#define MEMBERS       6
#define PLACES        4
#define TUNNELS_MAX   3
#define ENDPOINTS_MAX (2 * TUNNELS_MAX + 1) /* a failed discovery's is closed last */
#define COMEBACKS     8                     /* of members that failed, in one step */

struct opened {
	struct amt_endpoint *endpoint;
	uint8_t nonce[2][4]; /* of Discovery or IGMP's Request, and of MLD's */
};

static const char *const sources[MEMBERS] = {"192.0.2.10",     "192.0.2.20",     "192.0.2.10",
					     "2001:db8:5::10", "2001:db8:5::20", "2001:db8:5::10"};
static const char *const groups[MEMBERS] = {"232.1.1.1",    "232.1.1.1",    "232.1.1.2",
					    "ff3e::8000:1", "ff3e::8000:1", "ff3e::8000:2"};
static const char *const places[PLACES] = {"203.0.113.15", "203.0.113.16", "2001:db8::15",
					   "192.52.193.1"};

static struct timers timers;
static struct amt_tunnels tunnels;
static struct amt_member members[MEMBERS];
static struct opened opened[ENDPOINTS_MAX];
static unsigned opened_count, tunnel_count, refusals, comebacks;
static uint8_t latest; /* step's argument, for those who come back */

static struct addr address_of(const char *text)
{
	struct addr addr;

	must(addr_parse(text, &addr));
	return addr;
}

static struct opened *find_opened(const struct amt_endpoint *endpoint)
{
	for (unsigned i = 0; i < opened_count; i++)
		if (opened[i].endpoint == endpoint)
			return &opened[i];
	must(!"an endpoint that is open");
	return NULL;
}

/* Actions. An endpoint is its own socket. */

static bool open_endpoint(struct amt_endpoint *endpoint, const char **reason)
{
	if (refusals) {
		refusals--;
		*reason = "refused";
		return false;
	}
	must(opened_count < ENDPOINTS_MAX);
	opened[opened_count++] = (struct opened){.endpoint = endpoint};
	endpoint->socket = (struct udp_socket *)endpoint;
	endpoint->local = address_of("198.51.100.2");
	/* Another port than the one that was wanted, now and then. */
	endpoint->local_port = endpoint->local_port && latest < 128 ? endpoint->local_port : 40001;
	return true;
}

static size_t path_takes(const struct udp_socket *socket)
{
	return ((const struct amt_endpoint *)socket)->local_port % 2 ? 548 : 1472;
}

static void close_endpoint(struct udp_socket *socket)
{
	*find_opened((struct amt_endpoint *)socket) = opened[--opened_count];
}

static void check_update(struct cursor bytes)
{
	struct ip_datagram ip;

	cursor_bytes(&bytes, AMT_UPDATE_HEADER);
	must(ip_decode(bytes, &ip) == FAULT_NONE && ip.payload.end == bytes.end);
	must(!ip_message_checksum(&ip.source, &ip.destination, ip.protocol, ip.payload.at,
				  cursor_left(&ip.payload)));
}

static void check_sent(struct udp_socket *socket, const uint8_t *bytes, size_t length)
{
	struct opened *at = find_opened((struct amt_endpoint *)socket);

	must(length >= AMT_REQUEST_LENGTH && length <= AMT_DATAGRAM_MAX);
	if (bytes[0] == AMT_DISCOVERY || bytes[0] == AMT_REQUEST)
		memcpy(at->nonce[bytes[1] != 0], bytes + 4, 4);
	else if (bytes[0] == AMT_UPDATE)
		check_update(cursor_over(bytes, length));
	else
		must(bytes[0] == AMT_TEARDOWN && length == AMT_TEARDOWN_LENGTH);
}

static void tunnel_opened(void *context, struct amt_tunnel *tunnel)
{
	(void)context;
	(void)tunnel;
	must(++tunnel_count <= TUNNELS_MAX);
}

static void tunnel_closed(void *context, struct amt_tunnel *tunnel)
{
	(void)context;
	must(!tunnel->members && tunnel_count--);
}

static void member_up(struct amt_member *member)
{
	must(amt_gateway_is_established(&member->tunnel->gateway, member->sg.source.family));
}

static void member_reported(struct amt_member *member)
{
	must(member >= members && member < members + MEMBERS && member->tunnel);
}

static void join(struct amt_member *member, uint8_t how)
{
	struct addr place = address_of(places[how % PLACES]);

	amt_tunnels_join(&tunnels, member, &place, how / PLACES % 2);
}

/* Comes back at once, to the next place. */
static void member_failed(struct amt_member *member, const char *reason)
{
	must(!member->tunnel && !member->contact && reason);
	if (comebacks) {
		comebacks--;
		join(member, latest + comebacks);
	}
}

static void member_full(struct amt_member *member, bool full)
{
	must(member->tunnel && member->tunnel->gateway.full == full);
}

static void take_data(void *context, struct amt_tunnel *tunnel, struct cursor data)
{
	(void)context;
	must(!data.failed && tunnel->data_on_socket);
}

static void note_rejected(void *context, const struct addr *peer, enum protocol protocol,
			  enum fault fault)
{
	(void)context;
	must(addr_length(peer->family) && protocol < PROTOCOL_COUNT);
	must(fault > FAULT_NONE && fault < FAULT_COUNT);
}

static const struct amt_endpoint_actions endpoint_actions = {.open = open_endpoint,
							     .send = check_sent,
							     .payload_max = path_takes,
							     .close = close_endpoint};

static const struct amt_member_actions member_actions = {
	.up = member_up, .reported = member_reported, .failed = member_failed, .full = member_full};

static const struct amt_tunnels_actions actions = {.opened = tunnel_opened,
						   .closed = tunnel_closed,
						   .data = take_data,
						   .rejected = note_rejected};

/* Invariants: each counts the timers that belong to what it checks. */

static unsigned check_cycle(const struct amt_cycle *cycle)
{
	const struct amt_subscription *subscription = cycle->by_sg;
	unsigned wanted = 0, repeating = 0;

	for (; subscription; subscription = subscription->hh.next) {
		wanted += subscription->owner != NULL;
		repeating += subscription->repeats != 0;
		/* What is no longer wanted stays only to be blocked. */
		must(subscription->owner || (subscription->relay_knows && subscription->repeats));
		must(!subscription->relay_knows || cycle->has_ticket);
	}
	must(cycle->wanted == wanted);
	must((cycle->state == AMT_IDLE) == !cycle->request.slot);
	must(cycle->state != AMT_IDLE || !wanted);
	must(cycle->has_ticket == (cycle->state == AMT_ACTIVE || cycle->state == AMT_REFRESHING));
	must((!cycle->change.slot && !cycle->fresh.slot) || cycle->has_ticket);
	must(!repeating || cycle->change.slot || cycle->fresh.slot || cycle->rest ||
	     !cycle->has_ticket);
	must(!cycle->changed[AMT_FRESH] || cycle->fresh.slot || !cycle->has_ticket);
	must(!cycle->rest == !cycle->state_part.slot);
	return (cycle->request.slot != 0) + (cycle->fresh.slot != 0) + (cycle->change.slot != 0) +
	       (cycle->state_part.slot != 0);
}

static unsigned check_tunnel(const struct amt_tunnel *tunnel, unsigned *joined)
{
	const struct amt_member *member;
	unsigned count = 0;

	find_opened(&tunnel->endpoint);
	DL_FOREACH (tunnel->members, member) {
		must(member->tunnel == tunnel && !member->contact);
		count++;
	}
	*joined += count;
	must(tunnel->gateway.igmp.wanted + tunnel->gateway.mld.wanted == count);
	must(!tunnel->members == (tunnel->unused.slot != 0));
	return (tunnel->unused.slot != 0) + check_cycle(&tunnel->gateway.igmp) +
	       check_cycle(&tunnel->gateway.mld);
}

static unsigned check_contact(const struct amt_contact *contact, unsigned *joined)
{
	const struct amt_member *member;
	struct amt_tunnel *tunnel;

	DL_FOREACH (contact->waiting, member) {
		must(member->contact == contact && !member->tunnel);
		++*joined;
	}
	must(contact->found == !contact->waiting &&
	     contact->found == !contact->discovery.retry.slot);
	if (!contact->found) {
		find_opened(&contact->endpoint);
		return 1;
	}
	/* What was found is remembered as long as there is a tunnel to it. */
	HASH_FIND(hh, tunnels.by_relay, &contact->relay, sizeof(contact->relay), tunnel);
	must(tunnel);
	return 0;
}

static void check_all(void)
{
	const struct amt_contact *contact = tunnels.by_contact;
	const struct amt_tunnel *tunnel = tunnels.by_relay;
	unsigned running = 0, joined = 0, endpoints = HASH_COUNT(tunnels.by_relay);

	must(HASH_COUNT(tunnels.by_relay) == tunnel_count);
	must(HASH_COUNT(tunnels.by_contact) <= TUNNELS_MAX);
	for (; tunnel; tunnel = tunnel->hh.next)
		running += check_tunnel(tunnel, &joined);
	for (; contact; contact = contact->hh.next) {
		running += check_contact(contact, &joined);
		endpoints += !contact->found;
	}
	for (int i = 0; i < MEMBERS; i++)
		joined -= members[i].tunnel || members[i].contact;
	must(!joined && timers.count == running && opened_count == endpoints);
}

/* Steps */

/* Where Advertisement and Query have their nonce, that which is awaited. */
static void set_nonce(uint8_t *bytes, size_t length, const struct opened *to)
{
	bool mld = length > AMT_UPDATE_HEADER && bytes[AMT_UPDATE_HEADER] >> 4 == 6;

	if (length >= 8 && bytes[0] == AMT_ADVERTISEMENT)
		memcpy(bytes + 4, to->nonce[0], 4);
	else if (length >= AMT_UPDATE_HEADER && bytes[0] == AMT_QUERY)
		memcpy(bytes + 8, to->nonce[mld], 4);
}

static void take_message(const struct fuzz_step *step)
{
	size_t length = cursor_left(&step->bytes);
	struct opened *to;
	uint8_t *copy;

	if (!opened_count || !length)
		return;
	to = &opened[step->argument % opened_count];
	copy = malloc(length);
	memcpy(copy, step->bytes.at, length);
	if (step->argument < 128)
		set_nonce(copy, length, to);
	if (length > AMT_UPDATE_HEADER)
		fuzz_mend(copy + AMT_UPDATE_HEADER, length - AMT_UPDATE_HEADER);
	to->endpoint->received(to->endpoint, copy, length);
	free(copy);
}

static void adopt(uint8_t argument)
{
	struct addr relay = address_of(places[argument % PLACES]);
	struct addr local = address_of("198.51.100.2");

	amt_tunnels_adopt(&tunnels, &relay, &local, 40007);
}

static bool take(const struct fuzz_step *step)
{
	struct amt_member *member = &members[step->argument % MEMBERS];

	latest = step->argument;
	comebacks = COMEBACKS;
	switch (step->op) {
	case STEP_TIME:
		return fuzz_step_time(&timers, step);
	case STEP_MESSAGE:
		take_message(step);
		break;
	case STEP_JOIN:
		amt_tunnels_leave(&tunnels, member);
		join(member, step->argument / MEMBERS);
		break;
	case STEP_LEAVE:
		amt_tunnels_leave(&tunnels, member);
		break;
	case STEP_UNREACHABLE:
		if (opened_count)
			opened[latest % opened_count].endpoint->received(
				opened[latest % opened_count].endpoint, NULL, 0);
		break;
	case STEP_ADOPT:
		adopt(step->argument);
		break;
	case STEP_REFUSE:
		refusals = step->argument % 4;
		break;
	default:
		break;
	}
	return true;
}

static void start(void)
{
	log_set_level(LOG_LEVEL_ERROR);
	fuzz_restart_random();
	timers = (struct timers){0};
	tunnels = (struct amt_tunnels){.timers = &timers,
				       .actions = &actions,
				       .endpoint_actions = &endpoint_actions,
				       .limit = TUNNELS_MAX};
	refusals = 0;
	for (int i = 0; i < MEMBERS; i++)
		members[i] = (struct amt_member){
			.actions = &member_actions,
			.sg = {.source = address_of(sources[i]), .group = address_of(groups[i])}};
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct cursor input = cursor_over(bytes, size);
	struct fuzz_step step;

	start();
	while (fuzz_next_step(&input, &step) && take(&step))
		check_all();
	for (int i = 0; i < MEMBERS; i++)
		amt_tunnels_leave(&tunnels, &members[i]);
	amt_tunnels_close(&tunnels);
	must(!timers.count && !opened_count && !tunnel_count);
	timers_free(&timers);
	return 0;
}
