/* SPDX-License-Identifier: BSD-2-Clause */
#include "driad/service.h"

#include <stdio.h>

enum fault service_decode(const uint8_t *rdata, size_t length, struct service *service)
{
	struct cursor c = cursor_over(rdata, length);

	service->priority = cursor_u16(&c);
	service->weight = cursor_u16(&c);
	service->port = cursor_u16(&c);
	if (c.failed)
		return FAULT_TRUNCATED;
	return name_decode(c, service->target);
}

enum fault service_pointer_decode(const uint8_t *rdata, size_t length, char name[DNS_NAME_TEXT])
{
	return name_decode(cursor_over(rdata, length), name);
}

bool service_name(const char *domain, char name[DNS_NAME_TEXT])
{
	char text[DNS_NAME_TEXT];
	int length = snprintf(text, sizeof(text), "_amt._udp.%s", domain);

	return length < (int)sizeof(text) && name_parse(text, name);
}
