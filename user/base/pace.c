/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/pace.h"
#include "base/memory.h"

#include <stdlib.h>
#include <utlist.h>

enum { WAITS_FIRST, WAITS_LAST, WAITS_COUNT };

/* A network exists as long as it has entries or holds, or its share is used up. */
struct pace_network {
	struct addr address;
	struct pace *pace;
	struct pace_entry *waiting[WAITS_COUNT];
	unsigned held, unanswered;
	unsigned turns;    /* since it was new */
	usec_t last;       /* time of the last turn */
	usec_t spent;      /* until when its share is used up, bursts aside */
	struct timer rest; /* until it may have a turn again, or is forgotten */
	struct pace_network **list, *prev, *next; /* in `new`, `begun` or `old` of struct pace */
	UT_hash_handle hh;
};

/* Rates: each turn moves `spent` on by one interval; it may be ahead of now by a burst. */

static usec_t interval(unsigned rate)
{
	return rate ? USEC_PER_SEC / rate : 0;
}

static usec_t next_turn(usec_t spent, unsigned rate, usec_t burst)
{
	usec_t each = interval(rate), ahead = burst > each ? burst - each : 0;

	return spent > ahead ? spent - ahead : 0;
}

static void spend(usec_t *spent, unsigned rate, usec_t now)
{
	*spent = (*spent > now ? *spent : now) + interval(rate);
}

/* Networks */

static struct pace_entry *first_of(const struct pace_network *network)
{
	return network->waiting[network->waiting[WAITS_FIRST] ? WAITS_FIRST : WAITS_LAST];
}

static bool is_full(const struct pace_network *network)
{
	return network->pace->unanswered && network->unanswered >= network->pace->unanswered;
}

static void move_to(struct pace_network *network, struct pace_network **list)
{
	if (network->list)
		DL_DELETE(*network->list, network);
	network->list = list;
	if (list)
		DL_APPEND(*list, network);
}

static struct pace_network **list_of(struct pace_network *network)
{
	struct pace *pace = network->pace;

	if (!network->turns)
		return &pace->new;
	return network->turns < PACE_FEW ? &pace->begun : &pace->old;
}

static void arm(struct pace *pace)
{
	usec_t turn = next_turn(pace->spent, pace->rate, PACE_BURST), now = pace->timers->now;

	timer_set(pace->timers, &pace->timer,
		  pace->new || pace->begun || pace->old ? (turn > now ? turn : now) : USEC_NEVER);
}

/* When the network may have a turn again, or may be forgotten; USEC_NEVER if only another event
 * decides that. */
static usec_t rest_of(const struct pace_network *network, usec_t turn)
{
	if (!first_of(network))
		return network->held ? USEC_NEVER : network->spent;
	return is_full(network) || turn <= network->pace->timers->now ? USEC_NEVER : turn;
}

/* Must follow each change of a network. Never frees it, since the caller may hold one of its
 * entries. */
static void settle(struct pace_network *network)
{
	struct pace *pace = network->pace;
	usec_t turn = next_turn(network->spent, pace->share, PACE_SHARE_BURST);
	bool may = first_of(network) && !is_full(network) && turn <= pace->timers->now;
	struct pace_network **list = may ? list_of(network) : NULL;

	if (network->list != list)
		move_to(network, list);
	timer_set(pace->timers, &network->rest, rest_of(network, turn));
	arm(pace);
}

static void forget(struct pace_network *network)
{
	move_to(network, NULL);
	timer_stop(network->pace->timers, &network->rest);
	HASH_DEL(network->pace->by_address, network);
	free(network);
}

static void rest_over(struct timer *timer)
{
	struct pace_network *network = container_of(timer, struct pace_network, rest);

	if (first_of(network) || network->held)
		settle(network);
	else
		forget(network);
}

static struct pace_network *find(const struct pace *pace, const struct addr *source)
{
	struct addr address = addr_network(source);
	struct pace_network *network;

	HASH_FIND(hh, pace->by_address, &address, sizeof(address), network);
	return network;
}

static struct pace_network *network_of(struct pace *pace, const struct addr *source)
{
	struct pace_network *network = find(pace, source);

	if (network)
		return network;
	network = memory_new(sizeof(*network));
	network->address = addr_network(source);
	network->pace = pace;
	network->rest.fn = rest_over;
	HASH_ADD(hh, pace->by_address, address, sizeof(network->address), network);
	return network;
}

/* Turns */

static struct pace_network *last(struct pace_network *list)
{
	return list ? list->prev : NULL;
}

static struct pace_network *first_there(struct pace_network *a, struct pace_network *b,
					struct pace_network *c)
{
	return a ? a : b ? b : c;
}

static struct pace_network *choose(const struct pace *pace)
{
	switch (pace->number % 5) {
	case 0:
	case 2:
		return first_there(last(pace->new), last(pace->begun), pace->old);
	case 1:
		return first_there(last(pace->begun), last(pace->new), pace->old);
	case 3:
		return first_there(pace->new, pace->begun, pace->old);
	default:
		return first_there(pace->old, pace->begun, pace->new);
	}
}

static void count_turn(struct pace_network *network)
{
	struct pace *pace = network->pace;
	usec_t now = pace->timers->now;

	pace->number++;
	network->turns++;
	network->last = now;
	spend(&pace->spent, pace->rate, now);
	spend(&network->spent, pace->share, now);
	if (network->list == &pace->old)
		move_to(network, &pace->old);
}

static void take_out(struct pace_entry *entry)
{
	struct pace_network *network = entry->network;

	DL_DELETE(network->waiting[entry->can_wait ? WAITS_LAST : WAITS_FIRST], entry);
	network->pace->waiting--;
	entry->network = NULL;
}

static void turn_due(struct timer *timer)
{
	struct pace_network *network = choose(container_of(timer, struct pace, timer));
	struct pace_entry *entry = first_of(network);

	take_out(entry);
	if (entry->turn(entry))
		count_turn(network);
	settle(network);
}

static bool is_new_again(const struct pace_network *network)
{
	return !first_of(network) && network->pace->timers->now >= network->last + PACE_NEW_AFTER;
}

void pace_wait(struct pace *pace, struct pace_entry *entry, const struct addr *source,
	       bool can_wait)
{
	struct pace_network *network;

	pace_cancel(entry);
	pace->timer.fn = turn_due;
	network = network_of(pace, source);
	if (is_new_again(network))
		network->turns = 0;
	entry->network = network;
	entry->can_wait = can_wait;
	DL_APPEND(network->waiting[can_wait ? WAITS_LAST : WAITS_FIRST], entry);
	pace->waiting++;
	settle(network);
}

void pace_cancel(struct pace_entry *entry)
{
	struct pace_network *network = entry->network;

	if (!network)
		return;
	take_out(entry);
	settle(network);
}

/* Holds */

void pace_hold(struct pace *pace, struct pace_hold *hold, const struct addr *source)
{
	hold->network = network_of(pace, source);
	hold->is_answered = false;
	hold->network->held++;
	hold->network->unanswered++;
	settle(hold->network);
}

void pace_answered(struct pace_hold *hold)
{
	if (!hold->network || hold->is_answered)
		return;
	hold->is_answered = true;
	hold->network->unanswered--;
	settle(hold->network);
}

void pace_release(struct pace_hold *hold)
{
	struct pace_network *network = hold->network;

	if (!network)
		return;
	network->held--;
	network->unanswered -= !hold->is_answered;
	hold->network = NULL;
	settle(network);
}

unsigned pace_held(const struct pace *pace, const struct addr *source)
{
	const struct pace_network *network = find(pace, source);

	return network ? network->held : 0;
}

void pace_free(struct pace *pace)
{
	struct pace_network *network, *next;

	HASH_ITER (hh, pace->by_address, network, next)
		forget(network);
	if (pace->timers)
		timer_stop(pace->timers, &pace->timer);
}
