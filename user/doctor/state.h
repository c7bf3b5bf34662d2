/* SPDX-License-Identifier: BSD-2-Clause */
/* What was gathered, for the files of this folder. */
#pragma once

#include "doctor/dns_probe.h"
#include "doctor/options.h"
#include "doctor/relay_probe.h"
#include "doctor/views.h"
#include "io/netlink.h"
#include "io/netlink_lookup.h"
#include "io/netlink_shapes.h"

#define DOCTOR_SHAPES_MAX     4096
#define DOCTOR_SERVERS_MAX    8
#define DOCTOR_RELAYS_MAX     16
#define DOCTOR_INTERFACES_MAX 48 /* downstream and upstream */

enum doctor_role { DOCTOR_LAN, DOCTOR_WAN };

/* An interface that the daemon or the configuration names. */
struct doctor_link {
	const char *name; /* it may be an alternative one */
	enum doctor_role role;
	struct netlink_interface is;        /* ifindex 0: there is no such interface */
	const struct netlink_shape *shape;  /* NULL if there is none */
	const struct netlink_shape *master; /* its bond, bridge or VRF; or NULL */
	const struct netlink_shape *vlan;   /* that lies on it; or NULL */
};

struct doctor {
	const struct doctor_options *options;
	struct views before, now; /* the daemon's, at the begin and at the end */
	json_t *settings;         /* in force: the daemon's, else the file's; one of the next two */
	json_t *configuration, *file_settings;
	const char *file; /* the configuration file */
	char *complaints; /* about the file, one a line */
	json_t *lookup;   /* of the channel's source, or NULL */
	struct netlink_shape shapes[DOCTOR_SHAPES_MAX];
	unsigned shape_count;
	struct doctor_link links[DOCTOR_INTERFACES_MAX]; /* LANs, then WANs */
	unsigned link_count;
	struct netlink_hints hints;          /* of packets to relays: mark and VRF */
	const struct netlink_shape *way_out; /* by which the internet is reached; or NULL */
	json_t *routes; /* {relay: ifindex of the interface that its packets leave by, or 0} */
	struct dns_probe servers[DOCTOR_SERVERS_MAX];
	unsigned server_count;
	struct relay_probe relays[DOCTOR_RELAYS_MAX];
	unsigned relay_count;
	struct addr pim_sender; /* of PIM on an upstream interface; AF_UNSPEC: none was seen */
	const char *pim_interface;
	bool captured;     /* libpcap saw all upstream interfaces */
	const char *deaf;  /* why it did not; or NULL */
	const char *check; /* that is being made */
	const char *hop;   /* of the path, that it is about */
	json_t *checks;    /* what they report */
	json_t *texts;     /* that live as long as the doctor */
	bool failed;
};
