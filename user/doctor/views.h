/* SPDX-License-Identifier: BSD-2-Clause */
/* The daemon's views, as the control socket has them; and members of them. A reply is treated as
 * foreign: what is missing, or of another type than expected, reads as "", 0, false or an empty
 * list. */
#pragma once

#include "doctor/options.h"

#define VIEWS_PATIENCE 10 /* seconds to wait for a reply of the daemon */

struct views {
	json_t *status, *interfaces, *neighbors, *channels, *tunnels, *counters;
	char *why; /* why the daemon does not answer; NULL if it does */
};

void views_ask(struct views *views, const struct doctor_options *options);
void views_free(struct views *views);

const char *view_text(const json_t *object, const char *key);
double view_number(const json_t *object, const char *key);
bool view_is(const json_t *object, const char *key);
/* Of all members, which are numbers. */
double view_sum(const json_t *object);
/* Of a path of keys like "limits.channels". */
const json_t *view_at(const json_t *object, const char *path);

/* How many objects of the list have this text. */
unsigned view_count(const json_t *list, const char *key, const char *text);
/* Whether this object is about the channel. */
bool view_is_of(const json_t *object, const struct sg *sg);

/* The channel of the view `channels`, or NULL. */
const json_t *views_channel(const struct views *views, const struct sg *sg);

/* Each interface of the view `interfaces`; and each object of PIM on them, of both families. */
#define FOR_EACH_INTERFACE(views, interface, i)                                                    \
	json_array_foreach (json_object_get((views)->interfaces, "interfaces"), i, interface)
#define FOR_EACH_PIM(views, interface, pim, i, j)                                                  \
	FOR_EACH_INTERFACE (views, interface, i)                                                   \
		json_array_foreach (json_object_get(interface, "pim"), j, pim)

/* Whether the relay of this tunnel answers, as far as the daemon knows. */
bool view_tunnel_is_up(const json_t *tunnel);

/* The value of a setting, or its value number `i`; "" if it has none. */
const char *view_setting(const json_t *settings, const char *path);
const char *view_setting_at(const json_t *settings, const char *path, size_t i);
bool view_setting_has(const json_t *settings, const char *path, const char *value);
