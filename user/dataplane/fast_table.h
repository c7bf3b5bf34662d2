/* SPDX-License-Identifier: BSD-2-Clause */
/* The memory of a forwarding table: where keys stand, and in which order words are written
 * (mcingest/fast.h). Each place that is taken holds its route. */
#pragma once

#include "dataplane/state.h"
#include "mcingest/fast.h"

#include <pthread.h>
#include <stdatomic.h>

/* Segments, and their memory: one place after the other. */
struct fast_area {
	int *fds;
	uint64_t *places; /* NULL: there is none */
	unsigned bits;
	uint32_t used; /* places */
};

struct fast_table {
	const struct bpf_map *map; /* fast4 or fast6 */
	struct mci_fast_head *head;
	const char *group;      /* the type of a group */
	unsigned words, stride; /* of a key, and from place to place */
	struct fast_area areas[MCI_FAST_TABLES];
	unsigned now; /* the area that programs use */
	uint32_t turn;

	/* While the other area takes its place */
	pthread_t thread;
	bool replacing;
	atomic_bool done;
	int error;
};

/* How many segments an area of 2^bits places has. */
static inline uint32_t fast_segments(unsigned bits)
{
	return bits > MCI_FAST_BITS ? 1u << (bits - MCI_FAST_BITS) : 1;
}

/* Makes an empty area of 2^bits places. Returns 0 or a negative errno. */
int fast_area_make(const struct dataplane *dp, const struct fast_table *table,
		   struct fast_area *area, unsigned bits);
void fast_area_free(const struct fast_table *table, struct fast_area *area);
/* The same, after its places have let go of their routes. */
void fast_area_release(const struct dataplane *dp, struct fast_table *table, unsigned number);

/* Of the area with this number; a key has table->words words. A key for which there is no room is
 * left out. */
void fast_area_put(const struct dataplane *dp, struct fast_table *table, unsigned number,
		   const uint64_t *key, uint32_t route, uint32_t slot);
void fast_area_remove(const struct dataplane *dp, struct fast_table *table, unsigned number,
		      const uint64_t *key);
void fast_area_copy(const struct dataplane *dp, struct fast_table *table, unsigned from,
		    unsigned to);

/* Writes a word that other processors see after all that was written before. */
static inline void fast_store(uint64_t *word, uint64_t value)
{
	__atomic_store_n(word, value, __ATOMIC_RELEASE);
}
