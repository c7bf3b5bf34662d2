/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/ranking.h"
#include "base/memory.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

static bool is_before(const struct rank *a, const struct rank *b)
{
	for (unsigned i = 0; i < sizeof(a->key) / sizeof(a->key[0]); i++)
		if (a->key[i] != b->key[i])
			return a->key[i] < b->key[i];
	return false;
}

static void move_up(struct ranking *ranking, const struct rank *rank)
{
	unsigned place = ranking->count++;

	while (place && is_before(&ranking->list[(place - 1) / 2], rank)) {
		ranking->list[place] = ranking->list[(place - 1) / 2];
		place = (place - 1) / 2;
	}
	ranking->list[place] = *rank;
}

/* From the top, whose rank is no more. */
static void move_down(struct ranking *ranking, const struct rank *rank)
{
	unsigned place = 0, child;

	while ((child = 2 * place + 1) < ranking->count) {
		if (child + 1 < ranking->count &&
		    is_before(&ranking->list[child], &ranking->list[child + 1]))
			child++;
		if (!is_before(rank, &ranking->list[child]))
			break;
		ranking->list[place] = ranking->list[child];
		place = child;
	}
	ranking->list[place] = *rank;
}

void ranking_begin(struct ranking *ranking, unsigned limit)
{
	*ranking = (struct ranking){.limit = limit};
	if (limit)
		ranking->list = memory_new(limit * sizeof(*ranking->list));
}

void ranking_end(struct ranking *ranking)
{
	free(ranking->list);
	*ranking = (struct ranking){0};
}

void ranking_offer(struct ranking *ranking, const struct rank *rank)
{
	if (ranking->count < ranking->limit)
		move_up(ranking, rank);
	else if (ranking->limit && is_before(rank, &ranking->list[0]))
		move_down(ranking, rank);
}

bool ranking_take_last(struct ranking *ranking, struct rank *last)
{
	if (!ranking->count)
		return false;
	*last = ranking->list[0];
	ranking->count--;
	if (ranking->count) {
		struct rank rank = ranking->list[ranking->count];

		move_down(ranking, &rank);
	}
	return true;
}

/* The bits of floating-point numbers that are not negative have the numbers' order. */
uint64_t ranking_key_down(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return ~bits;
}

void ranking_key_address(const struct addr *addr, uint64_t key[2])
{
	uint8_t bytes[16];

	addr_to_mapped(addr, bytes);
	memcpy(key, bytes, sizeof(bytes));
	key[0] = be64toh(key[0]);
	key[1] = be64toh(key[1]);
}

struct addr ranking_address(const uint64_t key[2])
{
	const uint64_t wire[2] = {htobe64(key[0]), htobe64(key[1])};
	uint8_t bytes[16];

	memcpy(bytes, wire, sizeof(bytes));
	return addr_from_mapped(bytes);
}
