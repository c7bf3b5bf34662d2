/* SPDX-License-Identifier: BSD-2-Clause */
/* The configuration: what the operator asks for, by a file (INI) and the command line, in one
 * struct of plain values. The daemon converts these values into the options of the other rooms
 * (daemon/options.c), so that this room knows no protocol's state machines, and they do not know
 * it.
 *
 *   read.c          defaults, settings that must fit together
 *   command_line.c  the command line
 *   file.c          the file, line by line, by inih
 *   names.c         names of sections and keys that do not exist: which were meant
 *   settings.c      the table of all settings: section, key, limits; what the file may contain
 *   values.c        kinds of values: texts into fields, and back: numbers, times, paths, words
 *   lists.c         the same for lists: interfaces, servers, prefixes, addresses
 *   listen.c        the same for [metrics]
 *   relays.c        the same for [relays], whose texts are DNS data (RFC 8777 section 4.3)
 *   rates.c         the same for rates, and for [policy]
 *   print.c         what is in force, as a file, with the origin of each value
 *   reading.c       where a value is being read, and the complaints
 *
 * The order is: defaults, then the file, then the command line. Each mistake gets one line in the
 * log that names file, line or option, and what is expected there; the reading goes on, so that an
 * operator sees all mistakes at once. Without a mistake every value is within its limits. Whether
 * an interface exists is asked later, by the daemon.
 *
 * Several daemons of one box are told apart by `instance`, which changes the default paths.
 *
 * Left out: including other files, environment variables, and changing the configuration of a
 * running daemon. */
#pragma once

#include "base/addr.h"
#include "base/policy.h"
#include "base/timers.h"

#include <stdbool.h>
#include <stdio.h>

/* The default paths of a daemon without an instance. */
#define CONFIG_FILE          "/etc/mcingest/mcingest.conf"
#define CONFIG_SOCKET        "/run/mcingest/control.sock"
#define CONFIG_GROUP         "mcingest"
#define CONFIG_NAMES_MAX     8 /* downstream interfaces; a channel cannot go out of more */
#define CONFIG_UPSTREAMS_MAX 16
#define CONFIG_SERVERS_MAX   8
#define CONFIG_RULES_MAX     256

#define CONFIG_METRICS_ADDRESS "127.0.0.1"
#define CONFIG_METRICS_PORT    9268
#define CONFIG_BUSIEST_MAX     500

enum config_mode { CONFIG_MODE_AUTO, CONFIG_MODE_XDP, CONFIG_MODE_TC, CONFIG_MODE_COUNT };

enum config_dnssec {
	CONFIG_DNSSEC_OFF,
	CONFIG_DNSSEC_PREFER,
	CONFIG_DNSSEC_REQUIRE,
	CONFIG_DNSSEC_COUNT
};

/* The ways to find the relays of a source. */
enum config_way {
	CONFIG_WAY_CONFIGURED, /* `rules` */
	CONFIG_WAY_DNS_SD,     /* of the local domain */
	CONFIG_WAY_ANYCAST,    /* the discovery addresses of RFC 7450 section 7.1 */
	CONFIG_WAY_SOURCE,     /* the source's own AMTRELAY record */
	CONFIG_WAY_COUNT
};

/* AMTRELAY data for the sources of a prefix. */
struct config_rule {
	struct prefix sources;
	char *record; /* "10 0 1 203.0.113.15" (RFC 8777 section 4.3) */
};

struct config_relays {
	enum config_way ways[CONFIG_WAY_COUNT]; /* the most preferred first */
	unsigned way_count;
	char *domain; /* for DNS-SD, absolute; NULL means the search domain of resolv.conf */
	struct config_rule *rules;
	unsigned rule_count;
	unsigned renew;          /* seconds, at least, between two lookups of a source */
	struct prefixes protect; /* sources and groups whose channels have two relays */
};

/* What may go to a LAN, in bits a second of inner IP packets. */
struct config_lan_rate {
	char *lan; /* NULL: each one that has no rate of its own */
	uint64_t rate;
};

/* Where metrics and page are served, and what of them. */
struct config_metrics {
	struct addr address; /* of no family: nowhere */
	uint16_t port;
	unsigned busiest; /* channels with series of their own */
	bool page;
	char *names[CONFIG_NAMES_MAX]; /* by which browsers may know this host */
	unsigned name_count;
};

struct config {
	char *file;     /* that was read, if it exists */
	char *instance; /* or NULL: the daemon has no name */
	char *downstream[CONFIG_NAMES_MAX];
	unsigned downstream_count;
	char *upstream[CONFIG_UPSTREAMS_MAX]; /* none means those that routes leave by */
	unsigned upstream_count;
	char *igmp[CONFIG_NAMES_MAX];    /* downstream interfaces whose hosts are asked */
	char *observe[CONFIG_NAMES_MAX]; /* downstream interfaces where nothing is sent */
	unsigned igmp_count, observe_count;
	char *dns_servers[CONFIG_SERVERS_MAX]; /* none means those of resolv.conf */
	unsigned dns_server_count;
	usec_t dns_timeout;
	char *trust_anchor; /* or NULL */
	enum config_dnssec dnssec;
	struct config_relays relays;
	struct prefixes warm;  /* addresses of relays to which tunnels stand ready */
	enum config_mode mode; /* of decapsulation */
	usec_t hold;           /* how long an entry of the dataplane outlives its daemon */
	char *control_socket;
	char *control_group; /* NULL means CONFIG_GROUP, if there is such a group */
	char *state;         /* folder of what survives a reboot */
	bool seccomp;        /* the filter of system calls */
	bool debug;
	unsigned max_channels;
	unsigned max_tunnels;
	unsigned discoveries, network_discoveries; /* a second; in all, and of one network */
	unsigned new_relays;                       /* unknown relays that are asked, a second */
	unsigned unanswered;    /* unknown relays of one network that have not answered yet */
	unsigned max_neighbors; /* of one interface and address family */
	unsigned max_joins;     /* channels that one neighbor has joined */
	uint64_t rate;          /* bits a second of all channels together; 0: no limit */
	uint64_t channel_rate;  /* of each one */
	struct config_lan_rate lan_rates[CONFIG_NAMES_MAX + 1];
	unsigned lan_rate_count;
	struct policies policies;
	struct prefixes pim_allow;  /* routers that are heard; none means all */
	struct prefixes pim_groups; /* groups that are served; none means all */
	bool require_hello;
	unsigned hello_period; /* seconds */
	struct {
		unsigned preference, metric;
	} assert;
	usec_t takeover; /* how long the winner of an Assert may be silent; 0 means for ever */
	struct {
		struct addr ipv4, ipv6; /* source addresses; without one, the route's is used */
		uint32_t mark;          /* 0 means none */
		char *vrf;              /* or NULL */
		usec_t hold_down;       /* of relays that fail */
	} tunnels;
	char *joinfile; /* of static channels; NULL: one in `state` */
	usec_t linger;  /* how long a channel that was left stays subscribed at its relay */
	unsigned max_memberships; /* channels of the hosts of one interface and address family */
	unsigned slow_rate;       /* frames that the slow path sends, a second */
	unsigned igmp_interval;   /* seconds */
	unsigned igmp_robustness;
	bool require_router_alert;
	struct config_metrics metrics;
};

/* Fills in the defaults, then the file, then the command line, which replaces: one --downstream
 * discards those of the file. Without --config the default file is read if it exists. Returns 0; 1
 * if --help, --version, --check or --print-config has been answered on stdout; or 2 after a line in
 * the log for each mistake (for --check and --print-config: on stderr, without time and name). */
int config_read(struct config *config, int argc, char **argv);
void config_free(struct config *config);

/* Reads the file as config_read() does with no option but --instance; NULL means the instance's
 * default file. Each mistake is a line of `out`. `whole`: settings that the file must have are
 * missed, too. Returns whether there are no mistakes; config_free() is needed in either case. */
bool config_read_file(struct config *config, const char *file, const char *instance, bool whole,
		      FILE *out);

/* The default paths of an instance, to be freed. NULL is the daemon without a name. */
char *config_file_of(const char *instance);
char *config_socket_of(const char *instance);

/* The name of what is in force: "off" also if there is no trust anchor. */
const char *config_dnssec_name(const struct config *config);
