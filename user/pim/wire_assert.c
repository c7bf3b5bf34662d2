/* SPDX-License-Identifier: BSD-2-Clause */
#include "pim/wire_assert.h"

#define ASSERT_RPT 0x80000000

enum fault pim_decode_assert(struct cursor c, int family, struct pim_assert *message)
{
	struct pim_masked group = pim_read_group(&c);
	enum fault fault = pim_address_fault(&c, &group.addr);
	struct addr source = fault ? (struct addr){0} : pim_read_unicast(&c);
	uint32_t preference = cursor_u32(&c);

	if (!fault)
		fault = pim_address_fault(&c, &source);
	message->sg = (struct sg){.source = source, .group = group.addr};
	message->metric = (struct pim_metric){.rpt = preference & ASSERT_RPT,
					      .preference = preference & ~ASSERT_RPT,
					      .metric = cursor_u32(&c)};
	message->is_channel = group.is_single && !(group.flags & PIM_GROUP_BIDIR) &&
			      !addr_is_unspecified(&source);
	if (!fault && c.failed)
		fault = FAULT_TRUNCATED;
	if (!fault && (group.addr.family != family || source.family != family))
		fault = FAULT_ADDRESS;
	return fault;
}

size_t pim_encode_assert(const struct sg *sg, const struct pim_metric *metric,
			 const struct addr *source, void *bytes, size_t size)
{
	struct writer w = pim_begin(PIM_ASSERT, bytes, size);

	pim_write_masked(&w, &sg->group, 0);
	pim_write_unicast(&w, &sg->source);
	writer_u32(&w, (metric->rpt ? ASSERT_RPT : 0) | metric->preference);
	writer_u32(&w, metric->metric);
	return pim_finish(&w, source);
}
