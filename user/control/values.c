/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/values.h"
#include "base/reason.h"

#include <time.h>

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
	usec_t ms = timer_left(timers, timer) / USEC_PER_MS;

	return timer->slot ? json_real((double)ms / 1000) : json_null();
}

json_t *view_rate(double rate)
{
	return json_real((double)(uint64_t)(rate * 10 + 0.5) / 10);
}

json_t *view_reason(const char *reason, const char *detail)
{
	char text[REASON_TEXT];

	return reason ? json_string(reason_format(reason, detail, text)) : json_null();
}

json_t *view_time(usec_t moment, usec_t now)
{
	usec_t at = time_read(CLOCK_REALTIME) - (now - moment);
	time_t seconds = (time_t)(at / USEC_PER_SEC);
	char text[32];
	struct tm utc;

	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&seconds, &utc));
	return json_string(text);
}

void put(json_t *object, const char *key, json_t *value)
{
	json_object_set_new(object, key, value ? value : json_null());
}

void put_text(json_t *object, const char *key, const char *text)
{
	put(object, key, text ? json_string(text) : NULL);
}

void put_count(json_t *object, const char *key, uint64_t count)
{
	put(object, key, json_integer((json_int_t)count));
}

void put_bool(json_t *object, const char *key, bool value)
{
	put(object, key, json_boolean(value));
}

void put_real(json_t *object, const char *key, double value)
{
	put(object, key, json_real(value));
}

void put_null(json_t *object, const char *key)
{
	put(object, key, NULL);
}
