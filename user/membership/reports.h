/* SPDX-License-Identifier: BSD-2-Clause */
/* What the reports of hosts change: the rows of INCLUDE mode in RFC 3376 sections 6.4.1 and 6.4.2,
 * and in RFC 3810 sections 7.4.1 and 7.4.2. */
#pragma once

#include "membership/state.h"

/* Applies the records of an IGMPv3 or MLDv2 report of `host`. Returns FAULT_LIMIT if a part of it
 * did not fit the limits. */
enum fault membership_receive_report(struct membership_querier *querier, const struct addr *host,
				     struct membership_message *message);
/* Counts a report, Leave or Done of an older version; it names no source, and changes nothing. */
void membership_receive_old_report(struct membership_querier *querier, const struct addr *host,
				   const struct addr *group);
