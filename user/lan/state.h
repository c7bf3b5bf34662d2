/* SPDX-License-Identifier: BSD-2-Clause */
/* The state that the files of this folder share. */
#pragma once

#include "channel/table.h"
#include "lan/datagrams.h"
#include "membership/querier.h"
#include "pim/interface.h"

#include <net/if.h>

#define LANS_MAX          8 /* as many as one channel can go out of */
#define LAN_ADDRESSES_MAX 32

struct lan;
struct lans;
struct takeover;
struct raw_socket; /* io's, or a test's */

struct lan_actions {
	/* Opens a socket that sends from `source` on the LAN and keeps the group of the protocol's
	 * routers joined there. NULL after a line in the log. */
	struct raw_socket *(*open)(const struct lan *lan, enum protocol protocol,
				   const struct addr *source);
	/* Sends a PIM message to that group, or a datagram with its IP header to `destination`. 0
	 * or a negative errno. */
	int (*send_pim)(struct raw_socket *socket, const uint8_t *message, size_t length);
	int (*send_datagram)(struct raw_socket *socket, const struct addr *destination,
			     const uint8_t *datagram, size_t length);
	void (*close)(struct raw_socket *socket);
	/* Has the dataplane hand over the LAN's IGMP and MLD, too. False after a line in the log.
	 */
	bool (*observe_hosts)(const struct lan *lan);
	/* Whether the operator wants (S,G) on the LAN, whoever else does. May be NULL. */
	bool (*is_static)(const struct lan *lan, const struct sg *sg);
	/* For takeovers (takeover.h), all three or none: begins or ends to listen for packets of
	 * (S,G) that others send on the LAN, false after a line in the log; when the last one was
	 * heard, 0 if none was; how many came to us by our relay, whether forwarded or not. */
	bool (*listen)(const struct lan *lan, const struct sg *sg, bool begin);
	usec_t (*heard)(const struct lan *lan, const struct sg *sg);
	uint64_t (*arrived)(const struct lan *lan, const struct sg *sg);
	/* A message was rejected. */
	void (*rejected)(void *context, enum protocol protocol, enum fault fault,
			 const struct addr *from);
};

/* PIM of one family on a LAN. Not there (`socket` is NULL) if the LAN has no address of the family.
 */
struct lan_pim {
	struct lan *lan;
	struct raw_socket *socket;
	int send_error; /* of the latest message: 0 or a negative errno */
	struct pim_interface interface;
};

/* IGMP or MLD on a LAN. Not there (`socket` is NULL) if the LAN's hosts are not asked, or if it has
 * no address of the family. */
struct lan_hosts {
	struct lan *lan;
	struct raw_socket *socket;
	int send_error; /* of the latest Query: 0 or a negative errno */
	struct membership_querier querier;
};

/* What the LAN's interface is at the moment. */
struct lan_link {
	char name[IF_NAMESIZE];
	unsigned ifindex; /* 0 if the interface is gone */
	bool up;
	unsigned address_count;
	struct addr addresses[LAN_ADDRESSES_MAX]; /* the primary IPv4 address first */
	struct prefixes subnets;                  /* of the addresses */
};

struct lan {
	struct lans *lans;
	unsigned number; /* the channels' interface number */
	bool observed;   /* another daemon of this host speaks PIM there: we only listen */
	bool asked;      /* its hosts are asked by IGMP and MLD */
	struct lan_link link;
	struct lan_pim ipv4, ipv6;
	struct lan_hosts igmp, mld;
	struct takeover *takeovers; /* by (S,G); those of channels that others forward */
	struct {
		uint64_t ipv4, ipv6;
	} joins; /* of channels, by routers or hosts */
};

/* All LANs, and what they share. */
struct lans {
	struct timers *timers;
	struct channel_table *channels;
	const struct lan_actions *actions;
	void *context;
	struct pim_options pim;
	struct membership_settings hosts;
	struct datagrams pim_datagrams, host_datagrams;
	struct lan list[LANS_MAX];
	unsigned count;
	bool draining;   /* another box is to take over */
	usec_t takeover; /* how long a winner may be silent, takeover.h; 0 means for ever */
	usec_t seen;     /* when the kernel saw the packet that is being handled */
};

static inline struct lan_pim *lan_pim_of(struct lan *lan, int family)
{
	return family == AF_INET ? &lan->ipv4 : &lan->ipv6;
}

static inline struct lan_hosts *lan_hosts_of(struct lan *lan, int family)
{
	return family == AF_INET ? &lan->igmp : &lan->mld;
}
