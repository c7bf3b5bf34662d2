/* SPDX-License-Identifier: BSD-2-Clause */
/* The one door to the kernel's programs and maps: nothing else touches libbpf.
 *
 * Functions that can fail return 0 or a negative errno, and leave one sentence about it (what, and
 * what to do) for dataplane_error(). Addresses and interfaces are copied. */
#pragma once

#include "base/addr.h"
#include "base/cursor.h"
#include "mcingest/maps.h"

struct dataplane;

struct dataplane_limits {
	uint32_t channels; /* entries of channels4 and of channels6, and slots of channel_stats */
	uint32_t tunnels;
};

/* Where a channel's packets come from, and to: UDP from `relay` to `local`, our end of the tunnel.
 * Ports are in host order. */
struct dataplane_flow {
	struct addr relay, local;
	uint16_t relay_port, local_port;
};

/* A channel's packets come in by the flow `from` and go out of the interfaces of `egress`. */
struct dataplane_channel {
	struct dataplane_flow from, to; /* `to` of one that is moving only */
	bool moving;
	uint32_t slot;
	uint64_t deadline_ns;
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
	/* A channel's first packet went out to the LAN; may come once for each CPU. */
	void (*first_packet)(void *context, uint32_t slot, uint64_t time_ns);
	/* A moving channel's first packet came from where it moves to; may come a few times. */
	void (*moved)(void *context, uint32_t slot, uint64_t time_ns);
	/* Another router puts the channel on a LAN that it goes out of here; at most once a second.
	 */
	void (*rival)(void *context, uint32_t ifindex, uint32_t slot);
};

/* Loads the programs and pins maps and programs under /sys/fs/bpf/mcingest, in place of what an
 * earlier daemon left there or attached; mounts the BPF file system where there is none. Of a
 * failure, `*dp` keeps the sentence; it is good for dataplane_error() and dataplane_close(). */
int dataplane_open(struct dataplane **dp, const struct dataplane_limits *limits,
		   const struct dataplane_events *events);
/* Detaches and unpins all that was added to the kernel. */
void dataplane_close(struct dataplane *dp);
const char *dataplane_error(const struct dataplane *dp);

/* Of an interface, which may have both: each has a program of its own. */
enum role { ROLE_UPSTREAM, ROLE_DOWNSTREAM, ROLE_COUNT };

enum dataplane_choice {
	DATAPLANE_AUTO, /* XDP where upstream and LAN are known to be good for it, else TC */
	DATAPLANE_XDP,  /* XDP, or a refusal; it is for the operator to know the LAN's driver */
	DATAPLANE_TC,
};

/* Before anything is attached; otherwise it is DATAPLANE_AUTO. */
void dataplane_choose(struct dataplane *dp, enum dataplane_choice choice);
/* Attach to the ingress of an interface, beside others' programs; of what fails, nothing stays
 * there. The choice depends on the LANs: best they come first, for one that comes later has it made
 * again for all upstreams. */
/* What was lost is attached again. */
int dataplane_attach_upstream(struct dataplane *dp, unsigned ifindex);   /* decapsulation */
int dataplane_attach_downstream(struct dataplane *dp, unsigned ifindex); /* observation */
/* Its MAC address is another, or what the driver takes: the choice is made again. An upstream that
 * is refused then is detached. */
int dataplane_renew_upstream(struct dataplane *dp, unsigned ifindex);
/* Asks the LAN's driver anew whether it sends what XDP redirects to it. True: it is not as it was,
 * the choice has been made again for all upstreams, and each channel's entry is to be written
 * again. */
bool dataplane_renew_downstream(struct dataplane *dp, unsigned ifindex);
/* Nothing of ours stays on the interface, which may be gone already; of a downstream, no channel
 * must have it any more. */
void dataplane_detach(struct dataplane *dp, unsigned ifindex, enum role role);
/* Asks the kernel whether another tool has taken a program away: the mode is NULL then, until it is
 * attached again. A filter of others in front of ours that takes what is ours is passed by: on a
 * LAN, where we only look, any; on an upstream, one that accepts or redirects (our data goes past
 * an ingress shaper in XDP, too), but none that may mean to drop. */
bool dataplane_is_lost(struct dataplane *dp, unsigned ifindex, enum role role);
/* What still stands in front, and may take packets; empty where nothing does. */
const char *dataplane_in_front(const struct dataplane *dp, unsigned ifindex, enum role role);
/* Of a downstream: hands over IGMP and MLD, too. */
int dataplane_observe_membership(struct dataplane *dp, unsigned ifindex);
/* How the program of this role is attached to this interface, "xdp" or "tc", and why so; NULL where
 * it is not. With "xdp", TC takes what XDP leaves. */
const char *dataplane_mode(const struct dataplane *dp, unsigned ifindex, enum role role);
const char *dataplane_why(const struct dataplane *dp, unsigned ifindex, enum role role);

/* While a channel is moving, packets come in `from` as well as in `to`, and each goes to the LAN
 * once, whichever comes first. Every step loses none, if the channel is joined by the other flow,
 * too: to move, and to be at home in one of the two. At home, what this one brings later than the
 * other did goes to the LAN again: let the channel move on for the time between the two, once the
 * other is left (MCI_SEEN_NS at most). The same `to` once more does not begin the move anew. */
int dataplane_set_channel(struct dataplane *dp, const struct sg *sg,
			  const struct dataplane_channel *channel);
void dataplane_remove_channel(struct dataplane *dp, const struct sg *sg);
int dataplane_set_tunnel(struct dataplane *dp, const struct addr *local, uint16_t local_port,
			 const struct addr *relay, uint16_t relay_port);
void dataplane_remove_tunnel(struct dataplane *dp, const struct addr *local, uint16_t local_port);

/* Sums over CPUs; and of a packet that no other CPU's is younger than, its RTP header (RFC 3550
 * section 5.1) and what was counted up to it. */
struct dataplane_channel_stats {
	uint64_t packets;
	uint64_t bytes;   /* of inner IP packets */
	uint64_t last_ns; /* CLOCK_MONOTONIC */
	struct {
		bool is_version_2;
		uint16_t sequence;
		uint32_t ssrc;
		uint64_t packets;
	} rtp;
};

int dataplane_channel_stats(struct dataplane *dp, uint32_t slot,
			    struct dataplane_channel_stats *stats);
/* Of MCI_STATS_CHUNK slots, from `first`, a multiple of it. */
int dataplane_chunk_stats(struct dataplane *dp, uint32_t first,
			  struct dataplane_channel_stats stats[]);
int dataplane_clear_channel_stats(struct dataplane *dp, uint32_t slot);
int dataplane_drops(struct dataplane *dp, uint64_t drops[MCI_DROP_COUNT]);
/* Packets that the programs have left to the tunnels' sockets since dataplane_open(), by cause. */
int dataplane_slow(struct dataplane *dp, uint64_t packets[MCI_SLOW_COUNT]);
/* Packets that were sent to this LAN, and that its queue or driver did not take: its part of
 * MCI_DROP_LAN_REFUSED. False where it is no LAN, or where the kernel cannot tell. */
bool dataplane_refused(const struct dataplane *dp, unsigned ifindex, uint64_t *packets);
/* Lower-case words with underscores. */
const char *dataplane_drop_name(enum mci_drop drop);
const char *dataplane_slow_name(enum mci_slow cause);

/* Ready to read when events wait; dispatch hands over a bounded number of them. */
int dataplane_events_fd(const struct dataplane *dp);
void dataplane_dispatch(struct dataplane *dp);

/* What a daemon that was killed has left in the maps, and the kernel still forwards by. */
struct dataplane_visitor {
	void *context;
	void (*tunnel)(void *context, const struct addr *relay, const struct addr *local,
		       uint16_t local_port);
	void (*channel)(void *context, const struct sg *sg,
			const struct dataplane_channel *channel);
};

/* Once all interfaces are attached: shows every tunnel, then every channel, and detaches what was
 * left on other interfaces. An entry that the visitor does not remove stays. A channel that was
 * moving has ended that: where it moved to, if packets came from there; else whence. */
void dataplane_visit_adopted(struct dataplane *dp, const struct dataplane_visitor *visitor);
