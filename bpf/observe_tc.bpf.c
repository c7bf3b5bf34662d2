// SPDX-License-Identifier: GPL-2.0-only
/* TC ingress of a LAN interface: hands the daemon a copy of every PIM packet, and lets everything
 * pass. */
#include "parse.bpf.h"
#include "skb.bpf.h"

#define IPPROTO_HOPOPTS 0
#define IPPROTO_ROUTING 43
#define IPPROTO_DSTOPTS 60
#define IPPROTO_PIM     103

#define EXTENSIONS_MAX 4 /* headers that are walked */

#define VLAN_VID_MASK 0xfff

static __always_inline bool is_pim_v4(const struct __sk_buff *skb)
{
	__u8 protocol;

	return !bpf_skb_load_bytes(skb, ETH_HLEN + offsetof(struct iphdr, protocol), &protocol,
				   1) &&
	       protocol == IPPROTO_PIM;
}

static __always_inline bool is_walked(__u8 header)
{
	return header == IPPROTO_HOPOPTS || header == IPPROTO_ROUTING || header == IPPROTO_DSTOPTS;
}

static __always_inline bool is_pim_v6(const struct __sk_buff *skb)
{
	__u32 offset = ETH_HLEN + sizeof(struct ipv6hdr);
	struct ipv6_opt_hdr extension;
	__u8 header;

	if (bpf_skb_load_bytes(skb, ETH_HLEN + offsetof(struct ipv6hdr, nexthdr), &header, 1))
		return false;
	for (int n = 0; n < EXTENSIONS_MAX && is_walked(header); n++) {
		if (bpf_skb_load_bytes(skb, offset, &extension, sizeof(extension)))
			return false;
		header = extension.nexthdr;
		offset += (extension.hdrlen + 1) * 8;
	}
	return header == IPPROTO_PIM;
}

/* To this box or to a multicast address. A tag with a VLAN number belongs to another interface; one
 * without (VLAN 0) only carries a priority. */
static __always_inline bool is_for_us(const struct __sk_buff *skb)
{
	if (skb->vlan_present && skb->vlan_tci & VLAN_VID_MASK)
		return false;
	return skb->pkt_type == PACKET_HOST || skb->pkt_type == PACKET_MULTICAST;
}

static __always_inline void observe(const struct __sk_buff *skb)
{
	__u32 length = skb->len - ETH_HLEN, last = min(length, MCI_OBSERVED_MAX) - 1;
	struct mci_observed *record;

	record = bpf_ringbuf_reserve(&observed, sizeof(*record) + MCI_OBSERVED_MAX, 0);
	if (!record) {
		count_drop(MCI_DROP_OBSERVE_FULL);
		return;
	}
	record->kind = MCI_OBSERVED_PIM;
	record->ifindex = skb->ifindex;
	record->time_ns = bpf_ktime_get_ns();
	record->slot = 0;
	record->length = length;
	/* The verifier of 6.1 must see that at least one byte is copied, and at most so many; and
	 * the compiler must not merge the two into one comparison. */
	barrier_var(last);
	if (last < MCI_OBSERVED_MAX && !bpf_skb_load_bytes(skb, ETH_HLEN, record->packet, last + 1))
		bpf_ringbuf_submit(record, 0);
	else
		bpf_ringbuf_discard(record, 0);
}

SEC("tc")
int observe_tc(struct __sk_buff *skb)
{
	if (!is_for_us(skb))
		return TC_ACT_UNSPEC;
	if ((skb->protocol == bpf_htons(ETH_P_IP) && is_pim_v4(skb)) ||
	    (skb->protocol == bpf_htons(ETH_P_IPV6) && is_pim_v6(skb)))
		observe(skb);
	return TC_ACT_UNSPEC;
}

char LICENSE[] SEC("license") = "GPL";
