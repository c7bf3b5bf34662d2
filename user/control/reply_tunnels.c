/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/reply_tunnels.h"
#include "amt/ranked.h"
#include "control/views.h"

#define AT_ONCE 128 /* tunnels of a reply, at some 5 microseconds each */

static void add_tunnel(void *list, void *tunnel)
{
	json_array_append_new(list, view_tunnel(tunnel));
}

static void add_contact(void *list, void *contact)
{
	json_array_append_new(list, view_contact(contact));
}

static json_t *next_tunnels(void *owner, struct control_position *position)
{
	const struct requests *requests = owner;
	json_t *list = json_array();

	amt_ranked_walk(&requests->paths->tunnels, &position->walk, AT_ONCE, add_tunnel, list);
	return list;
}

static json_t *next_discoveries(void *owner, struct control_position *position)
{
	const struct requests *requests = owner;
	const struct amt_contact *first = requests->paths->tunnels.by_contact;
	json_t *list = json_array();

	hash_walk(first ? first->hh.tbl : NULL, &position->walk, AT_ONCE, add_contact, list);
	return list;
}

/* There are AMT_HOLDS_MAX at most. */
static json_t *all_holds(void *owner, struct control_position *position)
{
	const struct requests *requests = owner;

	return position->slot++ ? NULL : view_holds(&requests->paths->tunnels);
}

void reply_tunnels(struct requests *requests, struct control_client *client)
{
	static const struct control_list lists[] = {{"tunnels", next_tunnels},
						    {"discoveries", next_discoveries},
						    {"held_down", all_holds},
						    {0}};

	(void)requests;
	control_reply_lists(client, lists);
}
