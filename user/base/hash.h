/* SPDX-License-Identifier: BSD-2-Clause */
/* What uthash leaves out. */
#pragma once

#include <uthash.h>

/* Makes room for `count` entries in a table that has one. By itself it grows by moving all that is
 * in it at once: 100,000 entries take some 10 ms. */
#define HASH_RESERVE(head, count)                                                                  \
	do {                                                                                       \
		while ((head)->hh.tbl->num_buckets < (count))                                      \
			HASH_EXPAND_BUCKETS(hh, (head)->hh.tbl, no_oom);                           \
	} while (0)
