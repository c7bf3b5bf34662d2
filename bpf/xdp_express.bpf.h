/* SPDX-License-Identifier: GPL-2.0-only */
/* The way of nearly all packets through the XDP program. */
#pragma once

#include "express.bpf.h"
#include "xdp.bpf.h"

/* Sets where the frame goes. Returns false if XDP cannot send there. */
static __always_inline bool xdp_express_aim(const struct express *e)
{
	if ((e->kind & 0xf) == MCI_ROUTE_LAN)
		return bpf_redirect_map(&lan_ports, e->lan, XDP_PASS) == XDP_REDIRECT;
	return xdp_aim_at_set(e->out);
}

/* Returns a verdict, or EXPRESS_NO and has changed nothing. */
static __always_inline int xdp_express(struct xdp_md *xdp, const struct view *v, __u32 outer,
				       __u32 inner)
{
	struct express e;

	if (!express_read(v->data, v->data_end, v->length, outer, inner, &e) ||
	    !xdp_express_aim(&e))
		return EXPRESS_NO;
	if (express_is_over(&e))
		return XDP_DROP;
	if (bpf_xdp_adjust_head(xdp, express_surplus(outer)) ||
	    !express_write((void *)(long)xdp->data, (void *)(long)xdp->data_end, inner, &e)) {
		express_unsent(MCI_FAST_SLOT(e.fast.state), e.length);
		return XDP_DROP;
	}
	express_count(&e);
	return XDP_REDIRECT;
}
