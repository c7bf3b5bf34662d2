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

/* Equals stay in order. */
static void sort(struct driad_relay relays[], unsigned count)
{
	for (unsigned i = 1; i < count; i++)
		for (unsigned j = i; j && relays[j - 1].precedence > relays[j].precedence; j--)
			swap(relays, j - 1, j);
}

/* Each is followed by the next one of the other family, if that has the same precedence. */
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
	alternate(relays, count);
}
