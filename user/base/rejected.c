/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/rejected.h"
#include "base/log.h"

/* Some faults are logged by who finds them, in words that name the thing. */
static bool is_logged_already(enum fault fault)
{
	return fault == FAULT_LIMIT || fault == FAULT_INTERFACE;
}

void rejected_count(struct rejected *rejected, enum protocol protocol, enum fault fault,
		    const struct addr *from)
{
	char text[ADDR_TEXT];

	rejected->counts[protocol][fault]++;
	if (is_logged_already(fault))
		return;
	if (fault == FAULT_UNREACHABLE)
		log_debug("%s: ICMP says that %s is unreachable", protocol_name(protocol),
			  addr_format(from, text));
	else
		log_warning("%s: message from %s rejected: %s", protocol_name(protocol),
			    addr_format(from, text), fault_name(fault));
}
