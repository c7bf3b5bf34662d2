/* SPDX-License-Identifier: BSD-2-Clause */
#include "membership/state.h"

const char *membership_protocol(const struct membership_querier *querier)
{
	return querier->address.family == AF_INET ? "igmp" : "mld";
}

bool membership_is_querier(const struct membership_querier *querier)
{
	return !querier->other.family && !querier->resigned;
}

usec_t membership_query_interval(const struct membership_querier *querier)
{
	return querier->query_interval * USEC_PER_SEC;
}

usec_t membership_interval(const struct membership_querier *querier)
{
	usec_t interval = querier->robustness * membership_query_interval(querier) +
			  MEMBERSHIP_RESPONSE_INTERVAL;

	if (membership_is_querier(querier))
		return interval;
	if (interval > MEMBERSHIP_OTHER_INTERVAL_MAX)
		return MEMBERSHIP_OTHER_INTERVAL_MAX;
	return interval < MEMBERSHIP_OTHER_INTERVAL_MIN ? MEMBERSHIP_OTHER_INTERVAL_MIN : interval;
}

usec_t membership_other_present_interval(const struct membership_querier *querier)
{
	usec_t interval = querier->robustness * membership_query_interval(querier) +
			  MEMBERSHIP_RESPONSE_INTERVAL / 2;

	return interval > MEMBERSHIP_OTHER_PRESENT_MAX ? MEMBERSHIP_OTHER_PRESENT_MAX : interval;
}

/* The Last Member Query Count is the Robustness Variable (section 8.9). */
usec_t membership_last_member_query_time(const struct membership_querier *querier)
{
	return querier->robustness * MEMBERSHIP_LAST_MEMBER_INTERVAL;
}
