// SPDX-License-Identifier: GPL-2.0-only
/* XDP on an upstream interface: what ingest_tc does, before there is a socket buffer. The order of
 * the steps; the steps are in the headers.
 *
 * VLAN tags stand in the data here. A VLAN's frame passes: it has an interface of its own, where
 * ingest_tc waits for it (VLAN interfaces have no XDP of their own). A priority tag is taken away, and
 * put back where the frame passes: copies of the steps that jump over it would be twice the program
 * to verify. Fragments and headers out of the ordinary pass as well, as they do at TC.
 *
 * It takes frames in several buffers. Whoever loads it says so (BPF_F_XDP_HAS_FRAGS), or not, for a
 * driver that refuses such programs; in a section "xdp.frags" libbpf would always say it. */
#include "clock.bpf.h"
#include "match.bpf.h"
#include "xdp.bpf.h"

/* To TC, as it has come. What stood behind its addresses is kept in memory: in a register it would
 * be in the way of the frames that go on, and the verifier would go through all of it twice if it
 * knew which of them had a tag. */
static __always_inline int pass(struct xdp_md *xdp, const volatile __be32 *type)
{
	__be32 tag = *type;

	if (xdp_is_priority_tag(tag))
		xdp_put_tag(xdp, tag);
	return XDP_PASS;
}

static __always_inline int drop(struct xdp_md *xdp, const volatile __be32 *type, int reason)
{
	if (reason == LEAVE)
		return pass(xdp, type);
	count_drop(reason);
	return XDP_DROP;
}

/* Compiled for either family, so that offsets are constants. */
static __always_inline int ingest(struct xdp_md *xdp, struct view *view, __u16 ethertype,
				  const volatile __be32 *type)
{
	const struct mci_channel *channel = NULL;
	struct outer outer;
	struct inner inner;
	int reason;
	__u64 now;

	if (!parse_outer(view, ethertype, &outer))
		return pass(xdp, type);
	if (outer.ip_end > view->length && !xdp_view_whole(xdp, view))
		return pass(xdp, type);
	now = now_ns();
	reason = parse_inner(view, &outer, &inner);
	if (reason == GO_ON)
		reason = match(&outer, &inner, now, &channel);
	if (reason == GO_ON)
		reason = xdp_judge(xdp, &inner);
	if (reason == GO_ON)
		reason = may_go_on(&inner, channel);
	if (reason != GO_ON)
		return drop(xdp, type, refuse(&outer, reason));
	if (!xdp_can_send(&inner, channel) || !xdp_aim(view, channel))
		return pass(xdp, type);
	if (channel->moving && xdp_is_duplicate(xdp, &outer, &inner, channel, now))
		return drop(xdp, type, MCI_DROP_DUPLICATE);
	parse_rtp(view, &inner);
	rewrite_ttl(&inner);
	if (!xdp_strip(xdp, view, &inner) || !xdp_write(xdp, &inner, channel))
		return drop(xdp, type, MCI_DROP_REWRITE);
	count_forwarded(channel->slot, &inner, now);
	return XDP_REDIRECT;
}

/* For the compiler, which then keeps registers for the others. */
#define is_rare(condition) __builtin_expect(condition, 0)

SEC("xdp")
int ingest_xdp(struct xdp_md *xdp)
{
	volatile __be32 type; /* as it has come; `now`, less a tag */
	struct view view;
	__be32 now;

	xdp_view(xdp, &view);
	type = now = xdp_type(&view);
	if (is_rare(!xdp_is_of_type(now, ETH_P_IP) && xdp_is_priority_tag(now))) {
		if (!xdp_take_tag(xdp))
			return XDP_PASS;
		xdp_view(xdp, &view);
		now = xdp_type(&view);
	}
	if (xdp_is_of_type(now, ETH_P_IP))
		return ingest(xdp, &view, ETH_P_IP, &type);
	if (xdp_is_of_type(now, ETH_P_IPV6))
		return ingest(xdp, &view, ETH_P_IPV6, &type);
	return pass(xdp, &type);
}

char LICENSE[] SEC("license") = "GPL";
