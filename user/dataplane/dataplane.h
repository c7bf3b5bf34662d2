/* SPDX-License-Identifier: BSD-2-Clause */
/* The dataplane: the only room that touches libbpf and libxdp. It loads the programs of bpf/,
 * attaches them, and writes and reads their maps (include/mcingest/maps.h).
 *
 * On an upstream, ingest_tc and, where the drivers allow it, ingest_xdp take the AMT data of joined
 * channels (RFC 7450 section 5.1.6), strip it and send it to LANs. On a LAN, observe_tc copies PIM,
 * IGMP and MLD into a ring buffer for the daemon. One interface may have both roles.
 *
 * Programs and maps are pinned under /sys/fs/bpf/mcingest (mcingest-NAME of an instance), so the
 * kernel forwards without a daemon, until the deadline of each entry. The next daemon takes the
 * maps over with their contents (dataplane_visit_adopted()), also if its limits or its version are
 * others. dataplane_close() takes everything out of the kernel again.
 *
 *   open.c, program.c, pins.c, clock.c    what is loaded and pinned, and in which order
 *   attach.c, attach_tc.c, attach_xdp.c   which program goes where, and how
 *   xdp_shared.c, xdp_alone.c             XDP beside programs of others, or without CAP_SYS_ADMIN
 *   attachments.c                         the record of what is attached
 *   tc_filters.c                          the filters on an interface, ours and others
 *   in_front.c, programs_in_front.c       what sees packets before our filter
 *   features.c, offloads.c                what a driver can do with XDP, and what it must not do
 *   entries.c, adopt.c                    channels, moves and tunnels; those of an earlier daemon
 *   fast.c, fast_table.c, routes.c        what the programs forward by, derived from the entries
 *   takeover.c, takeover_counts.c,
 *   layout.c                              maps of an earlier daemon, of other sizes or layouts
 *   lans.c, lan_sets.c                    the numbers of LANs, and sets of LANs for XDP
 *   stats.c, stats_chunks.c, refused.c    counters
 *   policers.c                            rates of single channels
 *   memory_map.c                          arrays that are read and written as memory
 *   kept.c, carried.c                     counters of the daemon, and of replaced maps
 *   channel_drops.c                       drops of single channels
 *   observed.c                            the ring buffer
 *
 * Left to the kernel's stack, and by it to the daemon's slow path: fragments of the tunnel's
 * packets, IP options and extension headers of the outer packet, and packets that are too long for
 * a LAN.
 *
 * Functions that can fail return 0 or a negative errno, and store one sentence for
 * dataplane_error() that says what failed and what to do. Addresses and interfaces are copied.
 * Ports are in host order, times in nanoseconds of CLOCK_MONOTONIC. */
#pragma once

#include "base/addr.h"
#include "base/cursor.h"
#include "mcingest/maps.h"

struct dataplane;

struct dataplane_limits {
	uint32_t channels; /* entries of channels4 and of channels6, and slots of channel_stats */
	uint32_t tunnels;
	bool rates; /* channels may have a rate */
	bool hears; /* dataplane_listen() will be called */
};

/* Where a channel's packets come from, and to: UDP from `relay` to `local`, our endpoint. */
struct dataplane_flow {
	struct addr relay, local;
	uint16_t relay_port, local_port;
};

/* A channel's packets come in by the flow `from` and go out of the interfaces of `egress`. */
struct dataplane_channel {
	struct dataplane_flow from;
	struct dataplane_flow to; /* of a channel that is moving */
	bool moving;
	uint32_t slot;        /* of the channel's counters */
	uint64_t deadline_ns; /* after this nothing is forwarded */
	uint64_t rate;        /* bits a second of inner IP packets that are forwarded; 0: all are */
	uint32_t egress_count;
	struct mci_lan egress[MCI_EGRESS_MAX];
};

/* A packet seen on a LAN, from its IP header on; it may be a fragment. `packet` is valid during the
 * call. */
typedef void dataplane_observed_fn(void *context, uint32_t ifindex, uint64_t time_ns,
				   struct cursor packet);

struct dataplane_events {
	void *context;
	dataplane_observed_fn *pim;
	dataplane_observed_fn *membership; /* IGMP and MLD */
	/* A channel's first packet went out to a LAN. May come once for each CPU. */
	void (*first_packet)(void *context, uint32_t slot, uint64_t time_ns);
	/* A moving channel's first packet came by the flow `to`. May come a few times. */
	void (*moved)(void *context, uint32_t slot, uint64_t time_ns);
	/* Another router sends the channel to a LAN to which we send it. Comes at most once a
	 * second. */
	void (*rival)(void *context, uint32_t ifindex, uint32_t slot);
};

/* Makes this process the owner of the instance's folder in the BPF file system, which is mounted if
 * it is not. The name stays the caller's; NULL means none. -EBUSY if another process is the owner;
 * nothing has been changed then. After a failure `*claimed` is good for dataplane_error() and
 * dataplane_close(). */
int dataplane_claim(const char *instance, struct dataplane **claimed);

/* Loads the programs and pins maps and programs, in place of those that an earlier daemon left or
 * attached. After a failure the dataplane is good for dataplane_error() and dataplane_close(). */
int dataplane_open(struct dataplane *dp, const struct dataplane_limits *limits,
		   const struct dataplane_events *events);

/* Detaches and unpins everything that was added to the kernel, but leaves what an earlier daemon
 * has left and dataplane_visit_adopted() has not shown. NULL is allowed. */
void dataplane_close(struct dataplane *dp);

const char *dataplane_error(const struct dataplane *dp);

/* Attachment */

/* Of an interface, which may have both roles: each has a program of its own. */
enum role { ROLE_UPSTREAM, ROLE_DOWNSTREAM, ROLE_COUNT };

enum dataplane_choice {
	DATAPLANE_AUTO, /* XDP if upstream and LAN are known to be good for it, else TC */
	DATAPLANE_XDP,  /* XDP or a failure; the operator answers for the LAN's driver */
	DATAPLANE_TC,
};

/* Call it before anything is attached. The default is DATAPLANE_AUTO. */
void dataplane_choose(struct dataplane *dp, enum dataplane_choice choice);

/* Attach a program to the ingress of an interface, beside programs of others: decapsulation on an
 * upstream, observation on a downstream. An interface whose program was lost is attached again. A
 * failure leaves nothing of ours on the interface.
 *
 * The choice between XDP and TC depends on the LANs, so attach these first: a LAN that comes later
 * has the choice made again for all upstreams. */
int dataplane_attach_upstream(struct dataplane *dp, unsigned ifindex);
int dataplane_attach_downstream(struct dataplane *dp, unsigned ifindex);

/* Makes the choice again, after a change of the upstream's MAC address or driver. An upstream that
 * cannot be attached any more is detached. */
int dataplane_renew_upstream(struct dataplane *dp, unsigned ifindex);

/* Asks the LAN's driver again whether it sends what XDP redirects to it. Returns true if its answer
 * has changed. Then the choice has been made again for all upstreams, and the caller must write the
 * entry of each channel again. */
bool dataplane_renew_downstream(struct dataplane *dp, unsigned ifindex);

/* Removes everything of ours from the interface, which may be gone. No channel may go out of a
 * downstream any more. */
void dataplane_detach(struct dataplane *dp, unsigned ifindex, enum role role);

/* Asks the kernel whether another tool has taken a program away. If so, the mode is NULL until the
 * program is attached again. Moves our filter in front of filters of others that take our packets,
 * if it may pass them by (in_front.h). */
bool dataplane_is_lost(struct dataplane *dp, unsigned ifindex, enum role role);

/* The filters that stay in front of ours and may take packets; an empty text if there are none. */
const char *dataplane_in_front(const struct dataplane *dp, unsigned ifindex, enum role role);

/* Hands over IGMP and MLD of a downstream, too. */
int dataplane_observe_membership(struct dataplane *dp, unsigned ifindex);

/* Begins or ends to note when others send packets of the channel at `slot` on a downstream. */
int dataplane_listen(struct dataplane *dp, unsigned ifindex, uint32_t slot, bool begin);
/* When that was last; 0 if it was not, since dataplane_listen() began. */
uint64_t dataplane_heard_ns(const struct dataplane *dp, unsigned ifindex, uint32_t slot);

/* How many IGMPv3 and MLDv2 reports have joined a source on a downstream for which
 * dataplane_observe_membership() was not called. */
uint64_t dataplane_unasked(const struct dataplane *dp, unsigned ifindex);

/* How the program of this role is attached to this interface, "xdp" or "tc", and why in this way;
 * NULL if it is not attached. With "xdp", TC takes the packets that XDP leaves. */
const char *dataplane_mode(const struct dataplane *dp, unsigned ifindex, enum role role);
const char *dataplane_why(const struct dataplane *dp, unsigned ifindex, enum role role);

/* Channels and tunnels */

/* Adds or changes a channel. While it is moving, packets come by `from` as well as by `to`, and
 * each goes to the LAN once, whichever copy comes first.
 *
 * A move loses no packet if both relays have been told to send: first set the channel with
 * `moving`, then without it, at home in one of the two flows. Packets that this flow brings later
 * than the other did would then go to the LAN again. So let the channel stay `moving` for
 * MCI_SEEN_NS after the other relay was told to stop. Setting the same `to` again does not begin
 * the move anew. */
int dataplane_set_channel(struct dataplane *dp, const struct sg *sg,
			  const struct dataplane_channel *channel);
void dataplane_remove_channel(struct dataplane *dp, const struct sg *sg);

/* Tells the programs which endpoint of ours belongs to which relay. */
int dataplane_set_tunnel(struct dataplane *dp, const struct addr *local, uint16_t local_port,
			 const struct addr *relay, uint16_t relay_port);
void dataplane_remove_tunnel(struct dataplane *dp, const struct addr *local, uint16_t local_port);

/* Counters */

/* Sums over CPUs. `rtp` is the header of the youngest packet (RFC 3550 section 5.1), and how many
 * packets were counted up to it. */
struct dataplane_channel_stats {
	uint64_t packets;
	uint64_t bytes; /* counts inner IP packets */
	uint64_t last_ns;
	struct {
		bool is_version_2;
		uint16_t sequence;
		uint32_t ssrc;
		uint64_t packets;
	} rtp;
};

int dataplane_channel_stats(struct dataplane *dp, uint32_t slot,
			    struct dataplane_channel_stats *stats);

/* Reads `count` slots from `first` on, which is a multiple of MCI_STATS_CHUNK: so many at most. */
int dataplane_chunk_stats(struct dataplane *dp, uint32_t first, uint32_t count,
			  struct dataplane_channel_stats stats[]);
/* Clears the drops as well. */
int dataplane_clear_channel_stats(struct dataplane *dp, uint32_t slot);

/* What the programs have dropped of the channel; zeros if they have dropped nothing. */
int dataplane_channel_drops(struct dataplane *dp, uint32_t slot, struct mci_channel_drops *dropped);

/* What of the channel was above its rate, and so dropped, since the channel came to its slot. */
struct dataplane_over {
	uint64_t packets, bytes;
};

void dataplane_over(const struct dataplane *dp, uint32_t slot, struct dataplane_over *over);
/* Whether a packet of the slow path is above the channel's rate; `bytes` are its IP packet's. It
 * counts in the rate, or above it. */
bool dataplane_is_over(struct dataplane *dp, uint32_t slot, uint32_t bytes, uint64_t now_ns);

int dataplane_drops(struct dataplane *dp, uint64_t drops[MCI_DROP_COUNT]);

/* Packets that the programs have neither forwarded, nor dropped by a reason that is a packet's. */
struct dataplane_left {
	uint64_t slow[MCI_SLOW_COUNT]; /* left to the tunnels' sockets */
	uint64_t account[MCI_ACCOUNT_COUNT];
};

int dataplane_left(struct dataplane *dp, struct dataplane_left *left);

/* Packets that were sent to this LAN and that its queue or driver did not take: the LAN's part of
 * MCI_DROP_LAN_REFUSED. Returns false if the interface is no LAN or the kernel does not tell. */
bool dataplane_refused(const struct dataplane *dp, unsigned ifindex, uint64_t *packets);

/* The names are lower-case words with underscores. */
const char *dataplane_drop_name(enum mci_drop drop);
const char *dataplane_slow_name(enum mci_slow cause);

/* What the daemon has counted itself is kept beside, for its successors: in all, and of a channel
 * by its slot until dataplane_clear_channel_stats(). Zeros if nothing is kept. */
void dataplane_kept(struct dataplane *dp, struct mci_kept *kept);
int dataplane_keep(struct dataplane *dp, const struct mci_kept *kept);
void dataplane_kept_slow(struct dataplane *dp, uint32_t slot, struct mci_kept_slow *kept);
int dataplane_keep_slow(struct dataplane *dp, uint32_t slot, const struct mci_kept_slow *kept);

/* Events */

/* The descriptor is ready to read when events wait. */
int dataplane_events_fd(const struct dataplane *dp);

/* Hands over waiting events for at most 2 ms. */
void dataplane_dispatch(struct dataplane *dp);

/* Adoption */

/* Sees what a killed daemon left in the maps, by which the kernel still forwards. */
struct dataplane_visitor {
	void *context;
	void (*tunnel)(void *context, const struct addr *relay, const struct addr *local,
		       uint16_t local_port);
	void (*channel)(void *context, const struct sg *sg,
			const struct dataplane_channel *channel);
};

/* Call it once all interfaces are attached. Shows every tunnel, then every channel, and detaches
 * the programs that were left on other interfaces. An entry stays unless the visitor removes it. A
 * channel that was moving stays with the flow it moved to if packets came from there, else with the
 * one it came from. */
void dataplane_visit_adopted(struct dataplane *dp, const struct dataplane_visitor *visitor);
