/* SPDX-License-Identifier: BSD-2-Clause */
/* Additions to uthash. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <uthash.h>

/* Makes room for `count` entries in a table that has at least one. Without it, a table of 100,000
 * entries stops for some 10 ms whenever it grows, since uthash then moves all of them. */
#define HASH_RESERVE(head, count)                                                                  \
	do {                                                                                       \
		while ((head)->hh.tbl->num_buckets < (count))                                      \
			HASH_EXPAND_BUCKETS(hh, (head)->hh.tbl, no_oom);                           \
	} while (0)

/* How far a walk through a table has come; zeroed memory is at its begin. */
struct hash_walk {
	uint32_t buckets; /* that the table had then */
	uint32_t next;
};

typedef void hash_walk_fn(void *owner, void *entry);

/* Visits the next entries of the table, `count` or a few more. An entry that stays from the begin
 * of the walk to its end is visited once, whatever comes and goes between two calls. Returns false
 * after the last one. `table` is head->hh.tbl; NULL is one without entries. */
bool hash_walk(const UT_hash_table *table, struct hash_walk *walk, unsigned count, hash_walk_fn *fn,
	       void *owner);
