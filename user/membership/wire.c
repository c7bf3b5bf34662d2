/* SPDX-License-Identifier: BSD-2-Clause */
#include "membership/wire.h"

#define IGMP_QUERY_GROUP_AT 4
#define MLD_QUERY_GROUP_AT  8

uint8_t membership_ip_protocol(int family)
{
	return family == AF_INET ? MEMBERSHIP_IGMP : MEMBERSHIP_ICMPV6;
}

size_t membership_group_offset(int family)
{
	return family == AF_INET ? IGMP_QUERY_GROUP_AT : MLD_QUERY_GROUP_AT;
}

struct addr membership_all_routers(int family)
{
	static const uint8_t v4[4] = {224, 0, 0, 22};
	static const uint8_t v6[16] = {0xff, 0x02, [15] = 0x16};

	return addr_from_bytes(family, family == AF_INET ? v4 : v6);
}

struct addr membership_destination(int family, const struct addr *group)
{
	static const uint8_t v4[4] = {224, 0, 0, 1};
	static const uint8_t v6[16] = {0xff, 0x02, [15] = 0x01};

	if (!addr_is_unspecified(group))
		return *group;
	return addr_from_bytes(family, family == AF_INET ? v4 : v6);
}
