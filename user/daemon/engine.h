/* SPDX-License-Identifier: BSD-2-Clause */
/* The daemon's one wiring of events to state machines, and of their actions to io and dataplane:
 *
 *   datagrams.c  dataplane's PIM, IGMP and MLD packets -> whole IP datagrams
 *   lan.c      PIM's datagrams -> PIM interfaces -> channel table
 *   shares.c   a full channel table -> who has the most yields
 *   hosts.c    those of IGMP and MLD -> queriers -> lan.c's channels
 *   attached.c programs on the interfaces, which other tools take away
 *   links.c    interfaces, addresses and routes, at the start and as they change -> all of these
 *   relays.c   channels -> DNS lookups, AMT tunnels -> dataplane's entries
 *   slowpath.c AMT tunnels' data -> channel table -> frames
 *   warm.c     AMT tunnels that no channel needs yet
 *   rounds.c   all channels in turn -> traffic.c's meters, relays.c's renewals
 *   requests.c control clients -> views
 *   adopt.c    dataplane's entries of a killed daemon -> tunnels, channels, PIM state */
#pragma once

#include "amt/tunnels.h"
#include "base/bucket.h"
#include "base/fault.h"
#include "base/reassembly.h"
#include "channel/table.h"
#include "config/config.h"
#include "control/server.h"
#include "daemon/guard.h"
#include "dataplane/dataplane.h"
#include "driad/sources.h"
#include "io/frames.h"
#include "io/loop.h"
#include "io/netlink.h"
#include "io/netlink_monitor.h"
#include "io/ports.h"
#include "io/raw.h"
#include "io/resolver.h"
#include "membership/querier.h"
#include "pim/interface.h"

#include <time.h>

struct engine;

/* What went through the daemon to the LANs, beside what the dataplane counts. */
struct slow_stats {
	uint64_t packets;
	uint64_t bytes; /* of inner IP packets */
	usec_t last;
};

struct slow_path {
	struct frames *frames;
	struct bucket bucket;
	uint64_t drops[MCI_DROP_COUNT]; /* beside the dataplane's */
	uint64_t received;              /* packets of data, whatever became of them */
	struct meter_count forwarded;   /* of all channels, those that are gone as well */
	struct meter meter;
};

typedef void round_fn(struct engine *engine, struct channel *channel);

/* Comes to every channel once in `period`, a part of them at a time, so that the loop waits for
 * none of it: many channels make the parts come more often, and not larger. */
struct round {
	struct engine *engine;
	usec_t period;
	round_fn *visit;
	struct timer part;  /* when the next part of it is due */
	uint32_t next_slot; /* which that begins with */
};

struct watch {
	struct timer part; /* when the next part is due */
	uint32_t next;     /* its number */
};

/* PIM of one family on a LAN; not there (`socket` is NULL) without an address of the family. */
struct lan_pim {
	struct lan *lan;
	struct raw_socket *socket;
	struct pim_interface interface;
};

/* IGMP or MLD on a LAN whose hosts are asked; not there (`socket` is NULL) where they are not, or
 * without an address of the family. */
struct lan_hosts {
	struct lan *lan;
	struct raw_socket *socket;
	struct membership_querier querier;
};

/* What the daemon knows of its program on an interface that is there. */
struct hold {
	struct guard guard;
	bool lost;          /* another tool has taken it away */
	char why[256];      /* it is not attached; empty otherwise */
	char in_front[192]; /* what was last said to stand in front of it */
};

struct lan {
	struct engine *engine;
	unsigned number;               /* the channels' bit for it */
	struct netlink_interface link; /* ifindex 0: it is gone; refused: as one that is down */
	bool refused;                  /* nothing is attached to it */
	struct hold hold;
	bool observed;           /* another daemon of this host speaks PIM there */
	bool asked;              /* its hosts are asked by IGMP and MLD */
	struct prefixes subnets; /* of its addresses */
	struct lan_pim ipv4, ipv6;
	struct lan_hosts igmp, mld;
};

struct uplink {
	struct netlink_interface link; /* ifindex 0: it is gone */
	struct hold hold;
};

/* Datagrams of one protocol that LANs' interfaces hear, and fragments that are to become such. */
struct datagrams {
	struct engine *engine;
	enum protocol protocol;
	struct reassembly reassembly;
};

/* A tunnel that is to stand ready for channels of one family. */
struct warm {
	struct engine *engine;
	struct addr relay;
	struct amt_member member;
	struct timer retry;
	unsigned failures; /* in a row */
};

struct engine {
	const struct config *config;
	struct pim_options pim_options;
	struct timers timers;
	struct loop *loop;
	struct loop_watch *observed;
	struct dataplane *dataplane;
	struct resolver *resolver;
	struct control_server *control;
	struct channel_table channels;
	struct driad_options driad_options;
	struct driad_sources sources;
	struct amt_tunnels tunnels;
	struct secret secret; /* of which the tunnels' ports come */
	struct warm *warm;
	unsigned warm_count;
	struct slow_path slow;
	struct watch watch;
	struct round traffic; /* of all channels' counters */
	struct round renewal; /* of the entries' deadlines */
	struct datagrams pim_datagrams, host_datagrams;
	struct lan lans[CONFIG_NAMES_MAX];
	unsigned lan_count;
	struct uplink uplinks[CONFIG_UPSTREAMS_MAX];
	unsigned uplink_count;
	struct netlink_monitor *monitor;
	struct timer look;             /* at what is attached */
	struct engine_lookup *lookups; /* of control clients */
	uint64_t refused[PROTOCOL_COUNT][FAULT_COUNT];
	usec_t seen; /* when the kernel saw the packet that is being handled */
	usec_t started;
};

/* Brings everything up. False after one line on stderr that says what is missing; what was brought
 * up is taken down again by engine_stop(). */
bool engine_start(struct engine *engine, const struct config *config);
/* Says goodbye to neighbours and relays, and removes all that was added to the kernel. */
void engine_stop(struct engine *engine);

/* Counts a message that was refused, and logs it, at most one line a second. */
void engine_refused(struct engine *engine, enum protocol protocol, enum fault fault,
		    const struct addr *from);

/* The asking side of a driad_lookup whose context is the engine. */
void *engine_ask(struct driad_question *question);
void engine_cancel(void *query);
void engine_lookup_refused(struct driad_lookup *lookup, enum fault fault);

/* links.c */
/* The interfaces that the configuration names, or that routes leave by. */
bool links_find(struct engine *engine);
/* Attaches the programs to them. False leaves dataplane_error(). */
bool links_attach(struct engine *engine);
/* Whether tunnels' packets are taken there. */
bool links_is_uplink(const struct engine *engine, unsigned ifindex);
/* Follows what becomes of them from now on. */
bool links_watch(struct engine *engine);

/* datagrams.c */
void datagrams_start(struct datagrams *datagrams, struct engine *engine, enum protocol protocol);
void datagrams_stop(struct datagrams *datagrams);
/* Decodes the datagram that a packet is, or completes; good until the next call. False where other
 * fragments are awaited, and where it is refused, which is counted. */
bool datagrams_take(struct datagrams *datagrams, uint32_t ifindex, struct cursor packet,
		    struct ip_datagram *ip);

/* attached.c */
/* Has the program attached, if it is not and the time for it has come, and says what has become of
 * it. False where the LAN is refused: nothing is heard there. */
bool attached_lan(struct lan *lan);
void attached_uplink(struct engine *engine, struct uplink *uplink);
/* Says by what each uplink's data is taken. */
void attached_log_modes(const struct engine *engine);

/* lan.c */
bool lan_start(struct lan *lan);
void lan_stop(struct lan *lan);
/* Speaks from the addresses that `lan->link` has now, or no longer where it has none or is down;
 * joins that nobody could renew or end are ended. */
void lan_follow(struct lan *lan);
/* Who wants (S,G), or whether its packets come, may have changed. */
void lan_interest_changed(struct engine *engine, const struct sg *sg);
/* The interface that speaks PIM of (S,G)'s family; NULL. */
struct pim_interface *lan_pim_of(struct lan *lan, const struct sg *sg);
struct lan *lan_find(struct engine *engine, uint32_t ifindex); /* NULL where there is none */
/* A router of the LAN, or its hosts, that have `joined` so many others, want (S,G); false where no
 * more channels can be had. Some want it no longer: with the last of them it ends. */
bool lan_joined(struct lan *lan, const struct sg *sg, unsigned joined);
void lan_left(struct lan *lan, const struct sg *sg);
void lan_observed_pim(struct engine *engine, uint32_t ifindex, struct cursor packet);
/* Another router forwards (S,G) onto this LAN, as we do. */
void lan_observed_rival(struct engine *engine, uint32_t ifindex, const struct sg *sg);

/* shares.c */
/* Where all channels are taken: takes a place of who has the most, for one that has `joined` so
 * many and is below its share. False where nobody is to yield. A place that others want, too, is
 * not free then: it takes as many calls as parties want it, or the next Join finds room. */
#define SHARES_TRIES 16
bool shares_make_room(struct engine *engine, unsigned joined);

/* hosts.c */
bool hosts_start(struct lan *lan);
void hosts_stop(struct lan *lan);
/* As lan_follow() does; the caller ends joins. */
void hosts_follow(struct lan *lan);
void hosts_observed(struct engine *engine, uint32_t ifindex, struct cursor packet);

/* relays.c */
extern const struct channel_actions relays_channel_actions;
extern const size_t relays_element_size;
void relays_start(struct engine *engine);
/* For tunnels_actions. */
void relays_member_up(void *context, struct amt_member *member);
void relays_member_reported(void *context, struct amt_member *member);
void relays_member_failed(void *context, struct amt_member *member, const char *reason);
void relays_member_full(void *context, struct amt_member *member, bool full);
/* The relay that is tried beside the one that serves; NULL. */
const struct addr *relays_other(const struct channel *channel);
/* Asks the channel's relay whether it is alive. */
void relays_probe(struct channel *channel);
void relays_flows(struct channel *channel);
/* The relay whose tunnel serves the channel, or is being opened for it; NULL. */
const struct addr *relays_serving(const struct channel *channel);
/* For what the channel waits its turn; NULL: for nothing. */
const char *relays_wait(const struct channel *channel);
/* For a channel that was adopted: it goes on with the relay that it had. */
void relays_adopt(struct channel *channel, const struct addr *relay);
/* Puts every channel into the dataplane anew. */
void relays_renew(struct engine *engine);
struct slow_stats *relays_slow_stats(struct channel *channel);

/* warm.c */
void warm_start(struct engine *engine);
void warm_stop(struct engine *engine);
/* Of a connection; false where it is none of these. */
bool warm_up(struct engine *engine, struct amt_member *member);
bool warm_failed(struct engine *engine, struct amt_member *member, const char *reason);

/* tunnels.c */
extern const struct amt_tunnels_actions tunnels_actions;

/* slowpath.c */
bool slowpath_start(struct engine *engine);
void slowpath_stop(struct engine *engine);
/* At its counters, for the rate. */
void slowpath_look(struct engine *engine);
/* The `data` of tunnels_actions. */
void slowpath_data(void *engine, struct amt_tunnel *tunnel, struct cursor data);

/* rounds.c: the first part comes after `period`. */
void round_start(struct round *round, struct engine *engine, usec_t period, round_fn *visit);

/* watch.c */
void watch_start(struct engine *engine);

/* traffic.c */
void traffic_start(struct engine *engine);
/* The channel's counters as they are now, those of the slow path included. Zeros where they cannot
 * be read. */
struct dataplane_channel_stats traffic_read(struct engine *engine, struct channel *channel);
/* The channel's meters look: at its counters as they are now, or as the dataplane has just told.
 * Rates have this one clock; no client's request moves it. */
void traffic_look(struct engine *engine, struct channel *channel);
void traffic_note(struct engine *engine, struct channel *channel,
		  const struct dataplane_channel_stats *fast);
/* Of all channels, as of the last look at each. */
struct meter_rate traffic_total(const struct engine *engine);

/* adopt.c: goes on with what an earlier daemon has left in the dataplane. */
void adopt_leftovers(struct engine *engine);

/* requests.c */
void requests_handle(void *engine, struct control_client *client, const json_t *request);
void requests_gone(void *engine, struct control_client *client);
void requests_cancel_all(struct engine *engine);
