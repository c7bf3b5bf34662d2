/* SPDX-License-Identifier: BSD-2-Clause */
/* The requests of control clients on the rooms of forward_lab.h. There are three LANs, lan0 to
 * lan2, which have names, and on which nothing is spoken. */
#pragma once

#include "forward_lab.h"
#include "requests_lab.h"

static struct lans req_lans;

static void req_begin_on_forward(void)
{
	fwd_begin();
	req_lans.count = 3;
	for (unsigned i = 0; i < req_lans.count; i++)
		snprintf(req_lans.list[i].link.name, IF_NAMESIZE, "lan%u", i);
	req_begin(&lab.timers, &req_lans, &lab.paths, &fwd.forward);
}

static void req_end_on_forward(void)
{
	req_end();
	fwd_end();
}
