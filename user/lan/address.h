/* SPDX-License-Identifier: BSD-2-Clause */
/* Which address we speak from on a LAN. */
#pragma once

#include "lan/state.h"

/* IPv4 protocols speak from the interface's first address, PIM and MLD over IPv6 from its
 * link-local one (RFC 7761 section 4.3.1, RFC 3810 section 5.1.14). Nobody speaks from an interface
 * that is down: then, and if there is no such address, it is of no family. */
struct addr lan_address(const struct lan_link *link, int family);
