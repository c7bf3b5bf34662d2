/* SPDX-License-Identifier: BSD-2-Clause */
/* The (S,G)s that hosts of an interface want: a source timer for each, and nothing else, since the
 * filter mode is always INCLUDE. */
#pragma once

#include "membership/state.h"

/* Returns NULL if no host wants (S,G). */
struct membership_source *membership_querier_find(const struct membership_querier *querier,
						  const struct sg *sg);
/* Returns NULL if no source of the group is wanted. */
struct membership_group *membership_find_group(const struct membership_querier *querier,
					       const struct addr *address);
unsigned membership_querier_count(const struct membership_querier *querier);

/* Takes over an (S,G) of an earlier daemon, as a report would create it, but without a call of
 * `joined`. Returns false if it is there already or does not fit the limits. */
bool membership_querier_adopt(struct membership_querier *querier, const struct sg *sg);
/* Ends the membership that came last, to make room for others. There must be one. */
void membership_querier_yield(struct membership_querier *querier);
/* Forgets all memberships without a call of `left`. */
void membership_forget_all(struct membership_querier *querier);

/* A host includes (S,G): starts its source timer. Returns FAULT_LIMIT if it does not fit the limits
 * or `joined` returned false. `host` is for the log. */
enum fault membership_include(struct membership_querier *querier, const struct addr *host,
			      const struct sg *sg);
/* Lowers the source timer to the Last Member Query Time, unless it is lower already. */
void membership_lower(struct membership_source *source);
/* A host has left the source: lowers its timer and has Queries name it. Returns false, and does
 * nothing, if we are not the querier (its Queries lower the timer then) or the timer is low
 * already (RFC 3376 section 6.6.3.2). */
bool membership_doubt(struct membership_source *source);
