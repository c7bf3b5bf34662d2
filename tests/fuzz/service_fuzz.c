/* SPDX-License-Identifier: BSD-2-Clause */
/* RDATA of SRV and PTR: what is taken makes the same bytes again. */
#include "driad/service.h"
#include "fuzz.h"

#include <string.h>

#define TARGET_AT 6
#define WIRE_MAX  255

/* The final zero may be missing in the RDATA. */
static void check_name(const char *name, const uint8_t *wire, size_t length)
{
	uint8_t bytes[WIRE_MAX];
	struct writer w = writer_over(bytes, sizeof(bytes));
	char again[DNS_NAME_TEXT];

	must(name_parse(name, again) && !strcmp(name, again));
	name_encode(&w, name);
	must(!w.failed && (writer_length(&w) == length || writer_length(&w) == length + 1));
	must(!memcmp(bytes, wire, length));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct service service;
	char name[DNS_NAME_TEXT];

	if (!service_pointer_decode(bytes, size, name))
		check_name(name, bytes, size);
	if (service_decode(bytes, size, &service))
		return 0;
	must(service.port == (bytes[4] << 8 | bytes[5]));
	check_name(service.target, bytes + TARGET_AT, size - TARGET_AT);
	return 0;
}
