/* SPDX-License-Identifier: BSD-2-Clause */
/* A walk through a table that changes meanwhile. */
#include "base/hash.h"

#include <criterion/criterion.h>
#include <stdlib.h>

struct entry {
	unsigned key;
	unsigned visits;
	UT_hash_handle hh;
};

static struct entry *head;

static void add(unsigned from, unsigned to)
{
	for (unsigned key = from; key < to; key++) {
		struct entry *entry = calloc(1, sizeof(*entry));

		entry->key = key;
		HASH_ADD(hh, head, key, sizeof(entry->key), entry);
	}
}

static void remove_some(unsigned from, unsigned to, unsigned step)
{
	for (unsigned key = from; key < to; key += step) {
		struct entry *entry;

		HASH_FIND(hh, head, &key, sizeof(key), entry);
		HASH_DEL(head, entry);
		free(entry);
	}
}

static void clear(void)
{
	struct entry *entry, *next;

	HASH_ITER (hh, head, entry, next) {
		HASH_DEL(head, entry);
		free(entry);
	}
}

TestSuite(hash_walk, .fini = clear);

static void visit(void *owner, void *entry)
{
	((struct entry *)entry)->visits++;
	++*(unsigned *)owner;
}

static bool walk_on(struct hash_walk *walk, unsigned count, unsigned *visited)
{
	return hash_walk(head ? head->hh.tbl : NULL, walk, count, visit, visited);
}

static void expect_each_once(unsigned from, unsigned to)
{
	const struct entry *entry;

	for (entry = head; entry; entry = entry->hh.next)
		if (entry->key >= from && entry->key < to)
			cr_expect_eq(entry->visits, 1, "%u: %u", entry->key, entry->visits);
}

Test(hash_walk, visits_each_once_and_a_few_at_a_time)
{
	struct hash_walk walk = {0};
	unsigned visited = 0, before = 0;

	add(0, 5000);
	while (walk_on(&walk, 64, &visited)) {
		cr_expect_geq(visited - before, 64);
		cr_expect_lt(visited - before, 64 + 64);
		before = visited;
	}
	cr_expect_eq(visited, 5000);
	expect_each_once(0, 5000);
}

/* The table grows from 32 buckets to thousands. */
Test(hash_walk, entries_that_stay_are_visited_once_while_others_come_and_go)
{
	struct hash_walk walk = {0};
	unsigned visited = 0, next = 1000;

	add(0, 1000);
	while (walk_on(&walk, 10, &visited)) {
		add(next, next + 1000);
		remove_some(next, next + 500, 7);
		next += 1000;
	}
	cr_expect_gt(head->hh.tbl->num_buckets, walk.buckets);
	expect_each_once(0, 1000);
}

Test(hash_walk, ends_with_a_table_that_is_gone)
{
	struct hash_walk walk = {0};
	unsigned visited = 0;

	cr_expect_not(walk_on(&walk, 10, &visited));
	add(0, 5000);
	cr_expect(walk_on(&walk, 10, &visited));
	clear();
	cr_expect_not(walk_on(&walk, 10, &visited));
	add(0, 1);
	cr_expect_not(walk_on(&walk, 10, &visited));
}
