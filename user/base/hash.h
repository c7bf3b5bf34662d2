/* SPDX-License-Identifier: BSD-2-Clause */
/* An addition to uthash. */
#pragma once

#include <uthash.h>

/* Makes room for `count` entries in a table that has at least one. Without it, a table of 100,000
 * entries stops for some 10 ms whenever it grows, since uthash then moves all of them. */
#define HASH_RESERVE(head, count)                                                                  \
	do {                                                                                       \
		while ((head)->hh.tbl->num_buckets < (count))                                      \
			HASH_EXPAND_BUCKETS(hh, (head)->hh.tbl, no_oom);                           \
	} while (0)
