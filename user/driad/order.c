/* SPDX-License-Identifier: BSD-2-Clause */
#include "driad/order.h"
#include "base/random.h"

static void swap(struct driad_relay relays[], unsigned a, unsigned b)
{
	struct driad_relay relay = relays[a];

	relays[a] = relays[b];
	relays[b] = relay;
}

static void shuffle(struct driad_relay relays[], unsigned count)
{
	for (unsigned i = 1; i < count; i++)
		swap(relays, i, random_between(0, i));
}

/* Stable. */
static void sort(struct driad_relay relays[], unsigned count)
{
	for (unsigned i = 1; i < count; i++)
		for (unsigned j = i; j && relays[j - 1].precedence > relays[j].precedence; j--)
			swap(relays, j - 1, j);
}

static bool are_of_one_service(const struct driad_relay *a, const struct driad_relay *b)
{
	return a == b || (a->service && a->service == b->service);
}

/* Whether the weight of relay `number` counts: addresses of the same target count once. */
static bool is_counted(const struct driad_relay relays[], unsigned number)
{
	for (unsigned i = 0; i < number; i++)
		if (are_of_one_service(&relays[i], &relays[number]))
			return false;
	return true;
}

/* RFC 2782, "Weight": a random number up to the sum of the weights chooses a relay. 0 chooses one
 * without weight, which then has a small chance. */
static unsigned choose(const struct driad_relay relays[], unsigned count)
{
	unsigned sum = 0, min = 1, number;

	for (unsigned i = 0; i < count; i++) {
		sum += is_counted(relays, i) ? relays[i].weight : 0;
		if (!relays[i].weight)
			min = 0;
	}
	number = random_between(min, sum);
	for (unsigned i = 0; i < count; i++) {
		unsigned weight = is_counted(relays, i) ? relays[i].weight : 0;

		if (number ? weight >= number : !relays[i].weight)
			return i;
		number -= number ? weight : 0;
	}
	return 0;
}

/* Moves the relays of the service of relay `chosen` to the front; the others stay in order. Returns
 * how many were moved. */
static unsigned put_first(struct driad_relay relays[], unsigned count, unsigned chosen)
{
	struct driad_relay first = relays[chosen];
	unsigned size = 0;

	for (unsigned i = chosen; i < count; i++) {
		if (i > chosen && !are_of_one_service(&first, &relays[i]))
			continue;
		for (unsigned j = i; j > size; j--)
			swap(relays, j - 1, j);
		size++;
	}
	return size;
}

static unsigned run_of_equals(const struct driad_relay relays[], unsigned count)
{
	unsigned run = 1;

	while (run < count && relays[run].precedence == relays[0].precedence)
		run++;
	return run;
}

static void weigh(struct driad_relay relays[], unsigned count)
{
	while (count) {
		unsigned run = run_of_equals(relays, count);
		unsigned placed = put_first(relays, run, choose(relays, run));

		relays += placed;
		count -= placed;
	}
}

/* Each relay is followed by the next one of the other family, if that has the same precedence. */
static void alternate(struct driad_relay relays[], unsigned count)
{
	for (unsigned i = 1; i < count; i++) {
		int family = relays[i - 1].address.family;

		for (unsigned j = i; j < count; j++) {
			if (relays[j].precedence != relays[i - 1].precedence)
				break;
			if (relays[j].address.family == family)
				continue;
			swap(relays, i, j);
			break;
		}
	}
}

void driad_order(struct driad_relay relays[], unsigned count)
{
	shuffle(relays, count);
	sort(relays, count);
	weigh(relays, count);
	alternate(relays, count);
}
