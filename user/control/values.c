/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/views.h"

#include <time.h>

json_t *view_time(usec_t moment, usec_t now)
{
	time_t at = time(NULL) - (time_t)((now - moment) / USEC_PER_SEC);
	char text[32];
	struct tm utc;

	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&at, &utc));
	return json_string(text);
}

json_t *view_text(const char *text)
{
	return text ? json_string(text) : json_null();
}

json_t *view_addr(const struct addr *addr)
{
	char text[ADDR_TEXT];

	return addr && addr->family ? json_string(addr_format(addr, text)) : json_null();
}

json_t *view_addrs(const struct addr *addrs, unsigned count)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < count; i++)
		json_array_append_new(list, view_addr(&addrs[i]));
	return list;
}

json_t *view_if(bool known, json_int_t value)
{
	return known ? json_integer(value) : json_null();
}

json_t *view_seconds_left(const struct timers *timers, const struct timer *timer)
{
	if (!timer->slot)
		return json_null();
	return json_real((double)(timer_left(timers, timer) / USEC_PER_MS) / 1000);
}

json_t *view_rate(double rate)
{
	return json_real((double)(uint64_t)(rate * 10 + 0.5) / 10);
}

json_t *view_drops(const uint64_t drops[MCI_DROP_COUNT])
{
	json_t *view = json_object();

	for (int reason = 0; reason < MCI_DROP_COUNT; reason++)
		json_object_set_new(view, dataplane_drop_name(reason),
				    json_integer((json_int_t)drops[reason]));
	return view;
}

/* What came that no program has left to us: they have not seen it. */
static json_int_t unseen(const struct view_slow_parts *parts)
{
	uint64_t counted = 0;

	for (int cause = 0; cause < MCI_SLOW_COUNT; cause++)
		counted += parts->counted[cause];
	return parts->received > counted ? (json_int_t)(parts->received - counted) : 0;
}

json_t *view_slow(const struct view_slow_parts *parts)
{
	json_t *view =
		json_pack("{s:I, s:o, s:I}", "packets", (json_int_t)parts->packets, "packets_per_s",
			  view_rate(parts->packets_per_s), "unseen", unseen(parts));

	for (int cause = 0; cause < MCI_SLOW_COUNT; cause++)
		json_object_set_new(view, dataplane_slow_name(cause),
				    json_integer((json_int_t)parts->counted[cause]));
	return view;
}

json_t *view_refused(const uint64_t refused[PROTOCOL_COUNT][FAULT_COUNT])
{
	json_t *view = json_object();

	for (int protocol = 0; protocol < PROTOCOL_COUNT; protocol++) {
		json_t *faults = json_object();

		for (int fault = FAULT_NONE + 1; fault < FAULT_COUNT; fault++)
			json_object_set_new(faults, fault_name(fault),
					    json_integer((json_int_t)refused[protocol][fault]));
		json_object_set_new(view, protocol_name(protocol), faults);
	}
	return view;
}
