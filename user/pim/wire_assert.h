/* SPDX-License-Identifier: BSD-2-Clause */
/* The Assert message (RFC 7761 section 4.9.6). */
#pragma once

#include "pim/wire.h"

/* Lower is better, field by field (section 4.6.3). */
struct pim_metric {
	bool rpt; /* RPTbit: of a shared tree */
	uint32_t preference, metric;
};

/* Both together are infinite_assert_metric(). */
#define PIM_PREFERENCE_INFINITE 0x7fffffff
#define PIM_METRIC_INFINITE     0xffffffff

struct pim_assert {
	struct sg sg;
	bool is_channel; /* a single group and a source; else it is an Assert(*,G) */
	struct pim_metric metric;
};

/* Decodes what follows the header of a message of `family`. FAULT_ADDRESS for an address of another
 * family or an unknown kind. */
enum fault pim_decode_assert(struct cursor c, int family, struct pim_assert *message);

/* Writes a whole Assert(S,G); with the infinite metric it is an AssertCancel (section 4.6.4).
 * `source` is the IP source. Returns the length, or 0 if it does not fit. */
size_t pim_encode_assert(const struct sg *sg, const struct pim_metric *metric,
			 const struct addr *source, void *bytes, size_t size);
