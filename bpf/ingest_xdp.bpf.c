// SPDX-License-Identifier: GPL-2.0-only
/* XDP of an upstream: does what ingest_tc does, before there is a socket buffer. This file has the
 * order of the steps; the headers have the steps.
 *
 * VLAN tags are still in the data here. A frame of a VLAN passes: ingest_tc waits for it on the
 * VLAN's own interface, which has no native XDP. A priority tag is removed, and put back if the
 * frame passes; steps that skip the tag would double the program that the verifier has to check.
 * Fragments and unusual headers pass, as in ingest_tc.
 *
 * The program can handle frames in several buffers. The loader sets BPF_F_XDP_HAS_FRAGS, or not for
 * a driver that rejects such programs. In a section "xdp.frags" libbpf would always set it. */
#include "clock.bpf.h"
#include "match.bpf.h"
#include "rate.bpf.h"
#include "xdp_express.bpf.h"

/* Leaves the frame to TC, as it came. `type` is in memory: a register would be missing for the
 * frames that go on, and if the verifier knew which frames had a tag, it would check the program
 * twice. */
static __always_inline int pass(struct xdp_md *xdp, const volatile __be32 *type)
{
	__be32 tag = *type;

	if (xdp_is_priority_tag(tag))
		xdp_put_tag(xdp, tag);
	return XDP_PASS;
}

static __always_inline int drop(struct xdp_md *xdp, const volatile __be32 *type,
				const struct mci_channel *channel, const struct inner *i,
				int reason)
{
	if (reason == LEAVE)
		return pass(xdp, type);
	count_drop_of(channel, i, reason);
	return XDP_DROP;
}

/* Compiled once for each address family, so that offsets are constants. */
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
		return drop(xdp, type, channel, &inner, reason_to_drop(&outer, reason));
	if (!xdp_can_send(&inner, channel) || !xdp_aim(view, channel))
		return pass(xdp, type);
	if (channel->moving && xdp_is_duplicate(xdp, &outer, &inner, channel, now))
		return drop(xdp, type, channel, &inner, MCI_DROP_DUPLICATE);
	if (rate_is_over(channel->slot, inner.length, now))
		return drop(xdp, type, channel, &inner, MCI_DROP_OVER_RATE);
	parse_rtp(view, &inner);
	rewrite_ttl(&inner);
	if (!xdp_strip(xdp, view, &inner) || !xdp_write(xdp, &inner, channel)) {
		count_account(MCI_ACCOUNT_UNSENT, 1);
		return drop(xdp, type, channel, &inner, MCI_DROP_REWRITE);
	}
	count_forwarded(channel->slot, inner.length, inner.rtp, inner.rtp_ssrc, now);
	return XDP_REDIRECT;
}

/* Nearly all packets go by xdp_express(), compiled for each pair of address families. */
static __always_inline int handle(struct xdp_md *xdp, struct view *view, __u16 ethertype,
				  const volatile __be32 *type)
{
	__u32 outer = ethertype == ETH_P_IP ? 4 : 6;
	int verdict = xdp_express(xdp, view, outer, outer);

	if (verdict != EXPRESS_NO)
		return verdict;
	express_forget(xdp);
	xdp_view(xdp, view);
	verdict = xdp_express(xdp, view, outer, outer == 4 ? 6 : 4);
	if (verdict != EXPRESS_NO)
		return verdict;
	express_forget(xdp);
	xdp_view(xdp, view);
	return ingest(xdp, view, ethertype, type);
}

/* Tells the compiler to keep registers for the other case. */
#define is_rare(condition) __builtin_expect(condition, 0)

SEC("xdp")
int ingest_xdp(struct xdp_md *xdp)
{
	volatile __be32 type; /* as the frame came; `now` is without a priority tag */
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
		return handle(xdp, &view, ETH_P_IP, &type);
	if (xdp_is_of_type(now, ETH_P_IPV6))
		return handle(xdp, &view, ETH_P_IPV6, &type);
	return pass(xdp, &type);
}

char LICENSE[] SEC("license") = "GPL";
