/* SPDX-License-Identifier: GPL-2.0-only */
/* Counts what hosts report on LANs whose hosts the daemon does not ask: an operator who wonders why
 * a host gets nothing can be told. Only reports by which a host joins a source count; what routers
 * and desktops report of their own groups names none. */
#pragma once

#include "skb.bpf.h"

#define IGMP_REPORT 0x22 /* IGMPv3 */

/* Types of group records (RFC 3376 section 4.2.12, RFC 3810 section 5.2.12). */
#define RECORD_IS_INCLUDE 1
#define RECORD_TO_INCLUDE 3
#define RECORD_ALLOW      5

/* The beginning of a report, which IGMPv3 and MLDv2 share: its header and its first record's. */
struct report {
	__u8 type, reserved;
	__be16 checksum, flags, records;
	__u8 record_type, auxiliary;
	__be16 sources;
};

/* By ifindex. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MCI_LANS_MAX);
	__type(key, __u32);
	__type(value, __u64);
} unasked SEC(".maps");

static __always_inline bool joins_a_source(const struct report *report)
{
	return report->sources &&
	       (report->record_type == RECORD_IS_INCLUDE ||
		report->record_type == RECORD_TO_INCLUDE || report->record_type == RECORD_ALLOW);
}

/* `message` is where IGMP or ICMPv6 begins. */
static __always_inline void unasked_count(const struct __sk_buff *skb, __u32 message,
					  __u8 report_type)
{
	__u32 ifindex = skb->ifindex;
	struct report report;
	__u64 one = 1, *count;

	if (bpf_skb_load_bytes(skb, message, &report, sizeof(report)) ||
	    report.type != report_type || !joins_a_source(&report))
		return;
	count = bpf_map_lookup_elem(&unasked, &ifindex);
	if (count)
		__sync_fetch_and_add(count, 1);
	else
		bpf_map_update_elem(&unasked, &ifindex, &one, BPF_NOEXIST);
}
