/* SPDX-License-Identifier: BSD-2-Clause */
#include "channel/channel.h"
#include "channel/joins.h"

#include "addresses.h"

static struct channel channels[JOINS_MAX + 5];

Test(joins, the_latest_come_first)
{
	struct joins joins = {0};

	for (unsigned i = 0; i < JOINS_MAX + 5; i++) {
		channels[i].sg.source = address("192.0.2.10");
		joins_note(&joins, &channels[i].sg, &channels[i]);
		cr_expect_eq(joins_at(&joins, 0)->channel, &channels[i]);
	}
	cr_expect_eq(joins.count, JOINS_MAX);
	for (unsigned i = 0; i < JOINS_MAX; i++)
		cr_expect_eq(joins_at(&joins, i)->channel, &channels[JOINS_MAX + 4 - i]);
}

/* A channel may be opened again where another one was. */
Test(joins, keep_the_trace_of_a_channel_that_is_closed)
{
	struct joins joins = {0};

	channels[0].trace.first_packet = 7;
	joins_note(&joins, &channels[0].sg, &channels[0]);
	joins_close(&joins, &channels[0], &channels[0].trace);
	channels[0].trace.first_packet = 9;
	joins_note(&joins, &channels[0].sg, &channels[0]);
	cr_expect_eq(joins.count, 2);
	cr_expect_eq(joins_at(&joins, 0)->channel, &channels[0]);
	cr_expect_null(joins_at(&joins, 1)->channel);
	cr_expect_eq(joins_at(&joins, 1)->trace.first_packet, 7);
}
