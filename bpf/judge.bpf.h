/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether an inner packet is data (mcingest/control.h). Nearly all packets are UDP, which one
 * comparison finds out. */
#pragma once

#include "parse.bpf.h"

#include "mcingest/control.h"

_Static_assert(MCI_IS_DATA == GO_ON, "a verdict on the inner packet is the result of a step");

/* In IPv6 the protocol may stand behind extension headers. */
static __always_inline bool judge_needs_chain(const struct inner *i)
{
	return i->ethertype == ETH_P_IPV6 && i->protocol != IPPROTO_UDP;
}

static __always_inline int judge_protocol(const struct inner *i)
{
	return i->protocol == IPPROTO_UDP ? GO_ON : mci_judge_protocol(i->protocol);
}
