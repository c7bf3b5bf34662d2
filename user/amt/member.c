/* SPDX-License-Identifier: BSD-2-Clause */
#include "amt/member.h"

#include <stddef.h>
#include <utlist.h>

void amt_member_take_in_hand(struct amt_member **hand, struct amt_member *member)
{
	member->in_hand = true;
	DL_APPEND(*hand, member);
}

void amt_member_put_down(struct amt_member **hand, struct amt_member *member)
{
	DL_DELETE(*hand, member);
	member->in_hand = false;
}

void amt_members_fail(struct amt_member **hand, const char *reason)
{
	while (*hand) {
		struct amt_member *member = *hand;

		amt_member_put_down(hand, member);
		member->actions->failed(member, reason);
	}
}
