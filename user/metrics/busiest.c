/* SPDX-License-Identifier: BSD-2-Clause */
#include "metrics/busiest.h"

static void put(struct busiest *busiest, unsigned place, uint32_t slot, double rate)
{
	busiest->slots[place] = slot;
	busiest->rates[place] = rate;
}

static void move_up(struct busiest *busiest, uint32_t slot, double rate)
{
	unsigned place = busiest->count++;

	while (place && busiest->rates[(place - 1) / 2] > rate) {
		unsigned parent = (place - 1) / 2;

		put(busiest, place, busiest->slots[parent], busiest->rates[parent]);
		place = parent;
	}
	put(busiest, place, slot, rate);
}

static void move_down(struct busiest *busiest, uint32_t slot, double rate)
{
	unsigned place = 0, child;

	while ((child = 2 * place + 1) < busiest->count) {
		if (child + 1 < busiest->count && busiest->rates[child + 1] < busiest->rates[child])
			child++;
		if (busiest->rates[child] >= rate)
			break;
		put(busiest, place, busiest->slots[child], busiest->rates[child]);
		place = child;
	}
	put(busiest, place, slot, rate);
}

void busiest_offer(struct busiest *busiest, uint32_t slot, double rate)
{
	if (busiest->count < busiest->limit)
		move_up(busiest, slot, rate);
	else if (busiest->limit && rate > busiest->rates[0])
		move_down(busiest, slot, rate);
}
