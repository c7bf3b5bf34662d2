// SPDX-License-Identifier: GPL-2.0-only
/* XDP on an upstream interface: what ingest_tc does, before there is a socket buffer. The order of
 * the steps; the steps are in the headers.
 *
 * VLAN tags stand in the data here. A tagged frame passes: its VLAN has an interface of its own,
 * where ingest_tc waits for it (VLAN interfaces have no XDP of their own). Fragments and headers
 * out of the ordinary pass as well, as they do at TC.
 *
 * It takes frames in several buffers. Whoever loads it says so (BPF_F_XDP_HAS_FRAGS), or not, for a
 * driver that refuses such programs; in a section "xdp.frags" libbpf would always say it. */
#include "clock.bpf.h"
#include "match.bpf.h"
#include "xdp.bpf.h"

static __always_inline int drop(int reason)
{
	if (reason == LEAVE)
		return XDP_PASS;
	count_drop(reason);
	return XDP_DROP;
}

/* Compiled for either family, so that offsets are constants. */
static __always_inline int ingest(struct xdp_md *xdp, struct view *view, __u16 ethertype)
{
	const struct mci_channel *channel = NULL;
	struct outer outer;
	struct inner inner;
	int reason;
	__u64 now;

	if (!parse_outer(view, ethertype, &outer))
		return XDP_PASS;
	if (outer.ip_end > view->length && !xdp_view_whole(xdp, view))
		return XDP_PASS;
	now = now_ns();
	reason = parse_inner(view, &outer, &inner);
	if (reason == GO_ON)
		reason = match(&outer, &inner, now, &channel);
	if (reason == GO_ON)
		reason = xdp_judge(xdp, &inner);
	if (reason == GO_ON)
		reason = may_go_on(&inner, channel);
	if (reason != GO_ON)
		return drop(refuse(&outer, reason));
	if (!xdp_can_send(&inner, channel) || !xdp_aim(view, channel))
		return XDP_PASS;
	if (channel->moving && xdp_is_duplicate(xdp, &outer, &inner, channel, now))
		return drop(MCI_DROP_DUPLICATE);
	parse_rtp(view, &inner);
	rewrite_ttl(&inner);
	if (!xdp_strip(xdp, view, &inner) || !xdp_write(xdp, &inner, channel))
		return drop(MCI_DROP_REWRITE);
	count_forwarded(channel->slot, &inner, now);
	return XDP_REDIRECT;
}

SEC("xdp")
int ingest_xdp(struct xdp_md *xdp)
{
	struct view view;

	xdp_view(xdp, &view);
	switch (xdp_ethertype(&view)) {
	case ETH_P_IP:
		return ingest(xdp, &view, ETH_P_IP);
	case ETH_P_IPV6:
		return ingest(xdp, &view, ETH_P_IPV6);
	default:
		return XDP_PASS;
	}
}

char LICENSE[] SEC("license") = "GPL";
