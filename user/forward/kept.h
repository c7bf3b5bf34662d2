/* SPDX-License-Identifier: BSD-2-Clause */
/* The counters that the daemon keeps itself go on in the next daemon: those of the slow path, and
 * those of rejected messages. They are kept in the dataplane every few seconds, and when this
 * daemon makes way. */
#pragma once

struct channel;
struct forward;

/* Takes the counts of the daemon before: all but the channels', and those of a channel. */
void kept_take(struct forward *forward);
void kept_take_of(struct channel *channel);
/* Keeps them, or all of them together. Those of a channel are written only if they have changed. */
void kept_keep(struct forward *forward);
void kept_keep_of(struct channel *channel);
void kept_keep_all(struct forward *forward);
