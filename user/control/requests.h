/* SPDX-License-Identifier: BSD-2-Clause */
/* The requests of control clients.
 *
 * A client sends {"command": NAME, ...} on the control socket (server.h). The commands that only
 * show something are answered at once: by reply_status.h, reply_lans.h, reply_channels.h and the
 * views (views.h), which know the JSON of each thing. `lookup` is answered when DNS has been
 * (lookups.h). Some commands change something, which not every client may: `lift` ends the hold of
 * a relay; `join` and `leave` change the static channels (reply_statics.h); `restart` and `reload`
 * have the daemon execute its binary anew, and are answered when that has been tried.
 *
 * The keys of all replies are a contract with `mcingest --json` and with programs that read it. */
#pragma once

#include "control/state.h"

/* Before that set all but lookup_actions and lookups; the sources of `paths` have their actions. */
void requests_init(struct requests *requests);
/* For control_open(); the owner is a struct requests. */
void requests_handle(void *owner, struct control_client *client, const json_t *request);
void requests_gone(void *owner, struct control_client *client);
/* What became of the restart, or reload, that requests_actions.restart() has begun: it comes now,
 * or does not, and why. Answers the client that has asked for it, if one has. */
void requests_restart_over(struct requests *requests, const char *why);
/* Cancels the lookups that are under way. */
void requests_stop(struct requests *requests);
