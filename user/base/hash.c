/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/hash.h"

static unsigned visit_bucket(const UT_hash_table *table, uint32_t bucket, hash_walk_fn *fn,
			     void *owner)
{
	const UT_hash_handle *handle, *next;
	unsigned count = 0;

	for (handle = table->buckets[bucket].hh_head; handle; handle = next, count++) {
		next = handle->hh_next;
		fn(owner, (char *)handle - table->hho);
	}
	return count;
}

/* A table that has grown has spread the entries of each bucket over those whose numbers have the
 * same lower bits. One with fewer buckets than before was made anew. */
bool hash_walk(const UT_hash_table *table, struct hash_walk *walk, unsigned count, hash_walk_fn *fn,
	       void *owner)
{
	unsigned visited = 0;

	if (!table)
		return false;
	if (!walk->buckets)
		walk->buckets = table->num_buckets;
	if (table->num_buckets < walk->buckets)
		return false;
	while (walk->next < walk->buckets && visited < count) {
		for (uint32_t i = walk->next; i < table->num_buckets; i += walk->buckets)
			visited += visit_bucket(table, i, fn, owner);
		walk->next++;
	}
	return walk->next < walk->buckets;
}
