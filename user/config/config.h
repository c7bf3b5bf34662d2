/* SPDX-License-Identifier: BSD-2-Clause */
/* What the operator asks for: the configuration file (INI) and the command line, in one struct. */
#pragma once

#include "base/addr.h"
#include "base/timers.h"
#include "driad/ways.h"

#include <stdbool.h>
#include <stdio.h>

#define CONFIG_VERSION     "0.1"
#define CONFIG_FILE        "/etc/mcingest/mcingest.conf"
#define CONFIG_SOCKET      "/run/mcingest/control.sock"
#define CONFIG_STATE       "/var/lib/mcingest"
#define CONFIG_NAMES_MAX   8 /* downstream interfaces, as many as a channel can go out of */
#define CONFIG_UPLINKS_MAX 16
#define CONFIG_SERVERS_MAX 8

enum config_mode { CONFIG_MODE_AUTO, CONFIG_MODE_XDP, CONFIG_MODE_TC, CONFIG_MODE_COUNT };

enum config_dnssec {
	CONFIG_DNSSEC_OFF,
	CONFIG_DNSSEC_PREFER,
	CONFIG_DNSSEC_REQUIRE,
	CONFIG_DNSSEC_COUNT
};

struct config {
	char *downstream[CONFIG_NAMES_MAX];
	unsigned downstream_count;
	char *upstream[CONFIG_UPLINKS_MAX]; /* none: those that routes leave by */
	unsigned upstream_count;
	char *igmp[CONFIG_NAMES_MAX];    /* those downstream ones whose hosts are asked */
	char *observe[CONFIG_NAMES_MAX]; /* and those where we are silent */
	unsigned igmp_count, observe_count;
	char *dns_servers[CONFIG_SERVERS_MAX]; /* none: those of /etc/resolv.conf */
	unsigned dns_server_count;
	usec_t dns_timeout;
	char *trust_anchor; /* NULL: none */
	enum config_dnssec dnssec;
	struct driad_options relays;
	struct prefixes warm;  /* relays to which tunnels stand ready; each an address */
	enum config_mode mode; /* of decapsulation */
	usec_t hold;           /* how long an entry of the dataplane outlives its daemon */
	char *control_socket;
	char *state; /* the folder of what outlives a reboot */
	bool debug;
	unsigned max_channels; /* (S,G) in all */
	unsigned max_tunnels;
	unsigned discoveries, network_discoveries; /* a second, in all and of one network */
	unsigned new_relays;                       /* asked a second */
	unsigned unanswered;                       /* of them, at once, of one network */
	unsigned max_neighbors;                    /* of one interface and family */
	unsigned max_joins;                        /* (S,G) of one of them */
	struct prefixes pim_allow;                 /* routers that are heard; none: all */
	struct prefixes pim_groups;                /* that are served; none: all */
	bool require_hello;
	unsigned hello_period; /* seconds */
	struct {
		unsigned preference, metric;
	} assert;
	struct {
		struct addr ipv4, ipv6; /* source address of each family; none: the route's */
		uint32_t mark;
		char *vrf;        /* NULL: none */
		usec_t hold_down; /* of relays that fail */
	} tunnels;
	usec_t linger; /* how long a channel that was left keeps its place at the relay */
	unsigned max_memberships; /* (S,G) of the hosts of one interface and family */
	unsigned slow_rate;       /* frames a second that the slow path sends, in all */
	unsigned igmp_interval;   /* seconds */
	unsigned igmp_robustness;
	bool require_router_alert;
};

/* Fills in defaults, then the file, then the command line, which adds to nothing but replaces: one
 * --downstream on the command line discards those of the file. Without --config the default file is
 * read where it exists. Returns 0; 1 where --help or --version has been answered on stdout; or 2
 * with one line on stderr that names file, line or option and what is expected. */
int config_read(struct config *config, int argc, char **argv);
void config_free(struct config *config);
/* "off" where nothing can be validated, too. */
const char *config_dnssec_name(const struct config *config);
