/* SPDX-License-Identifier: BSD-2-Clause */
#include "lan/address.h"

struct addr lan_address(const struct lan_link *link, int family)
{
	for (unsigned i = 0; link->up && i < link->address_count; i++)
		if (link->addresses[i].family == family &&
		    (family == AF_INET || addr_is_link_local(&link->addresses[i])))
			return link->addresses[i];
	return (struct addr){0};
}
