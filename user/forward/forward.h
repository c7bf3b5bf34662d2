/* SPDX-License-Identifier: BSD-2-Clause */
/* The channel as the dataplane has it.
 *
 * The dataplane has an entry for each channel that a relay serves: where its packets come from
 * (path/path.h), and the LANs that they go out of. An entry has a deadline, so that a box whose
 * daemon has died does not forward for ever; the deadlines of all entries are moved on in rounds
 * (rounds.h).
 *
 *   channel: forward         --> forward_put():    writes the entry, before the Update goes out
 *   channel: stop_forwarding --> forward_remove(): takes the entry out
 *
 * What the BPF programs leave to the kernel's stack (outer fragments, packets longer than a LAN
 * takes) comes out of the tunnels' sockets, passes the same checks, and goes to the LANs from here,
 * at a limited rate: the slow path (slow_path.h).
 *
 * Counters of the dataplane and of the slow path together are a channel's traffic (traffic.h): its
 * rate, its losses by RTP, and the moment of its last packet. A channel whose packets stop is
 * silent, and its relay is asked whether it is alive (watch.h).
 *
 * The daemon's own counters go on in the next daemon (kept.h).
 *
 * This room knows neither sockets nor maps: what is to be done with them it says through a table of
 * actions, so that it runs in virtual time. */
#pragma once

#include "forward/state.h"

/* Before that set timers, paths, rejected, actions, context, hold and slow_rate. */
void forward_start(struct forward *forward);
void forward_stop(struct forward *forward);
/* What LAN `number` is from now on; ifindex 0 if it is gone. Entries that exist stay as they are.
 */
void forward_set_lan(struct forward *forward, unsigned number, const struct mci_lan *lan);

/* Actions of the channels */
void forward_put(struct channel *channel);
void forward_remove(struct channel *channel);
/* The channel is about to be freed. */
void forward_closed(const struct channel *channel);
/* Counts what the slot's channel has forwarded as that of a closed one, and clears its counters for
 * the next channel. */
void forward_forget(struct forward *forward, uint32_t slot);

/* Writes every entry anew. */
void forward_renew_all(struct forward *forward);
