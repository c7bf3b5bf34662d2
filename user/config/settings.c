/* SPDX-License-Identifier: BSD-2-Clause */
/* The configuration file. A line that begins with ';' or '#' is a comment; so is the rest of a line
 * after " ;". A list may be given in several lines of the same key; any other key stands once.
 *
 *   [interfaces]
 *   downstream = lan0 lan1   LANs whose routers send Joins, at most 8. No default
 *   upstream = wan0          interfaces where tunnels arrive, at most 16; may be LANs as well.
 *                            Default: the interfaces that routes leave by
 *   igmp = lan0              LANs of `downstream` whose hosts are asked by IGMPv3 and MLDv2 for
 *                            the channels they want. Default: none
 *   observe = lan0           LANs of `downstream` where another daemon of this host speaks PIM:
 *                            Joins to that daemon are followed, and nothing is sent. Default: none
 *   [dns]
 *   server = 192.0.2.53      addresses of servers, at most 8: a link-local one with its interface,
 *                            as fe80::1%eth0; each with @port if the port is not 53. Default:
 *                            those of /etc/resolv.conf
 *   timeout = 5              seconds for one question, repetitions included: 1 to 60
 *   dnssec = prefer          require: only validated answers count; prefer: answers that fail the
 *                            validation do not count; off: all answers count
 *   trust_anchor = FILE      DS or DNSKEY records for the validation, such as
 *                            /usr/share/dns/root.key. Default: none, so `prefer` has no effect
 *   [relays]                 how the relays of a source are found (RFC 8777)
 *   ways = configured dns-sd source
 *                            the ways to use, the most preferred first. Another way is anycast:
 *                            the discovery addresses 192.52.193.1 and 2001:3::1
 *   amtrelay = 192.0.2.0/24 10 0 1 203.0.113.15
 *                            a prefix of sources, then AMTRELAY data: precedence; 1 if discovery
 *                            is optional; type (0: no relay, by no way; 1: IPv4; 2: IPv6; 3: a
 *                            name); relay ('.' for type 0). One in a line, at most 256. All lines
 *                            of the longest prefix that contains a source count
 *   domain = example.net     domain in which dns-sd asks for _amt._udp. Default: the first search
 *                            domain of /etc/resolv.conf
 *   renew = 60               seconds, at least, until a source that has channels is looked up
 *                            again, even if its TTL is shorter: 1 to 3600
 *   warm = 203.0.113.15      addresses of relays to which tunnels stand ready, with channels or
 *                            without, at most 64. Default: none
 *   [limits]
 *   channels = 16384         channels in all: 1 to 1000000
 *   tunnels = 1024           relays with a tunnel: 1 to 65535
 *   discoveries = 100        lookups a second, in all: of the relays of a source, and of a relay
 *                            that a source's zone names: 1 to 1000000
 *   network_discoveries = 20 the same, for the sources of one network (/24; IPv6: /48)
 *   new_relays = 50          unknown relays of sources' zones that are asked, a second: 1 to
 *                            1000000
 *   unanswered_relays = 16   unknown relays that have not answered yet, for the sources of one
 *                            network: 1 to 65535
 *   neighbors = 256          PIM neighbors on one LAN, of one address family: 1 to 65535
 *   joins = 8192             channels that one neighbor has joined: 1 to 1000000
 *   memberships = 4096       channels that the hosts of one LAN have joined, of one address
 *                            family: 1 to 1000000
 *   slow_path = 50000        frames a second that the daemon itself sends, in all: 1000 to
 *                            1000000. Each takes about 13 microseconds of one core
 *   [pim]
 *   allow = 10.0.0.0/24      prefixes of the routers that are heard, at most 64 (IPv6 routers
 *                            speak from link-local addresses). Default: all
 *   groups = 232.0.0.0/8     prefixes of the groups that are served, at most 64. Default: all that
 *                            may leave a link
 *   require_hello = yes      or no: Join/Prunes of routers that send no Hello count, too
 *   hello = 30               seconds between our Hellos (Hello_Period): 1 to 3600. Neighbors
 *                            consider us gone after 3.5 times that
 *   assert_preference = 200
 *   assert_metric = 100      what our Asserts say about our path to every source: 0 to 999999999
 *                            each. Lower values win; with these, a router with a native path wins
 *   [igmp]
 *   interval = 125           seconds between General Queries (Query Interval): 11 to 31744
 *   robustness = 2           Robustness Variable, how often a message is sent that may get lost: 1
 *                            to 7
 *   require_router_alert = no
 *                            or yes: reports and Queries of IGMPv3 and MLDv2 without the Router
 *                            Alert option are rejected
 *   [tunnels]                how the kernel routes tunnels, if not by the main table
 *   source_address = ADDRESS our address in the outer header, one of each family; an address of
 *                            this host. Default: the route's
 *   mark = 7                 mark for `ip rule fwmark`: 1 to 4294967295, or as 0x7. Default: none
 *   vrf = NAME               VRF interface whose table has the routes to relays. Default: none
 *   hold_down = 180          seconds for which a relay that failed is tried only after all others,
 *                            and one that sends no data of a channel is not tried for it again: 1
 *                            to 3600. RFC 8777 asks for 180 to 600
 *   [channels]
 *   linger = 2               seconds for which a channel that nobody wants stays subscribed at its
 *                            relay, in case somebody zaps back: 0 to 3600. The LAN is quiet at
 *                            once
 *   [dataplane]
 *   mode = auto              xdp or tc: how upstream packets are decapsulated. auto: by XDP if the
 *                            drivers of WAN and LAN can, else by TC. With xdp the daemon does not
 *                            start if the WAN's driver cannot
 *   hold = 180               seconds for which the kernel forwards after the daemon has died: 5 to
 *                            86400
 *   [control]
 *   socket = PATH            socket for `mcingest`. Default: /run/mcingest/control.sock
 *   [daemon]
 *   state = DIR              folder of what survives a reboot: the secret behind the tunnels'
 *                            ports. Default: systemd's STATE_DIRECTORY, else /var/lib/mcingest
 *   [log]
 *   level = notice           or debug: every packet and every step
 */
#include "config/settings.h"

#include "config/lists.h"
#include "config/relays.h"
#include "config/values.h"

#include <string.h>

#define FIELD(field) .offset = offsetof(struct config, field)
#define LIST(list, count, limit)                                                                   \
	.kind = &kind_list, FIELD(list), .count_offset = offsetof(struct config, count),           \
	.max = (limit)

#define PREFIXES(field)                                                                            \
	.kind = &kind_prefixes, FIELD(field), .max = PREFIXES_MAX,                                 \
	.expected = "an address, or a prefix as 10.0.0.0/24"

const struct setting settings[] = {
	{"interfaces", "downstream", LIST(downstream, downstream_count, CONFIG_NAMES_MAX),
	 .word = word_is_interface, .expected = "an interface's name, of at most 127 characters"},
	{"interfaces", "upstream", LIST(upstream, upstream_count, CONFIG_UPSTREAMS_MAX),
	 .word = word_is_interface, .expected = "an interface's name, of at most 127 characters"},
	{"interfaces", "igmp", LIST(igmp, igmp_count, CONFIG_NAMES_MAX), .word = word_is_interface,
	 .expected = "an interface's name, of at most 127 characters"},
	{"interfaces", "observe", LIST(observe, observe_count, CONFIG_NAMES_MAX),
	 .word = word_is_interface, .expected = "an interface's name, of at most 127 characters"},
	{"dns", "server", LIST(dns_servers, dns_server_count, CONFIG_SERVERS_MAX),
	 .word = word_is_server,
	 .expected = "an IPv4 or IPv6 address, with %interface if it is link-local, and @port if "
		     "need be"},
	{"dns", "timeout", &kind_seconds, FIELD(dns_timeout), .min = 1, .max = 60,
	 .expected = "seconds from 1 to 60"},
	{"dns", "dnssec", &kind_dnssec, FIELD(dnssec), .expected = "require, prefer or off"},
	{"dns", "trust_anchor", &kind_path, FIELD(trust_anchor),
	 .expected = "a path of at most 107 bytes"},
	{"relays", "ways", &kind_ways, FIELD(relays),
	 .expected = "configured, dns-sd, anycast or source, each once"},
	{"relays", "amtrelay", &kind_rules, FIELD(relays), .max = CONFIG_RULES_MAX,
	 .expected = "PREFIX PRECEDENCE D TYPE RELAY, as 192.0.2.0/24 10 0 1 203.0.113.15"},
	{"relays", "renew", &kind_count, FIELD(relays.renew), .min = 1, .max = 3600,
	 .expected = "seconds from 1 to 3600"},
	{"relays", "warm", &kind_addresses, FIELD(warm), .max = PREFIXES_MAX,
	 .expected = "the address of a relay"},
	{"relays", "domain", &kind_domain, FIELD(relays.domain), .expected = "a domain's name"},
	{"limits", "channels", &kind_count, FIELD(max_channels), .min = 1, .max = 1000000,
	 .expected = "a number from 1 to 1000000"},
	{"limits", "tunnels", &kind_count, FIELD(max_tunnels), .min = 1, .max = 65535,
	 .expected = "a number from 1 to 65535"},
	{"limits", "discoveries", &kind_count, FIELD(discoveries), .min = 1, .max = 1000000,
	 .expected = "a number from 1 to 1000000"},
	{"limits", "network_discoveries", &kind_count, FIELD(network_discoveries), .min = 1,
	 .max = 1000000, .expected = "a number from 1 to 1000000"},
	{"limits", "new_relays", &kind_count, FIELD(new_relays), .min = 1, .max = 1000000,
	 .expected = "a number from 1 to 1000000"},
	{"limits", "unanswered_relays", &kind_count, FIELD(unanswered), .min = 1, .max = 65535,
	 .expected = "a number from 1 to 65535"},
	{"limits", "neighbors", &kind_count, FIELD(max_neighbors), .min = 1, .max = 65535,
	 .expected = "a number from 1 to 65535"},
	{"limits", "joins", &kind_count, FIELD(max_joins), .min = 1, .max = 1000000,
	 .expected = "a number from 1 to 1000000"},
	{"limits", "memberships", &kind_count, FIELD(max_memberships), .min = 1, .max = 1000000,
	 .expected = "a number from 1 to 1000000"},
	{"limits", "slow_path", &kind_count, FIELD(slow_rate), .min = 1000, .max = 1000000,
	 .expected = "a number from 1000 to 1000000"},
	{"pim", "allow", PREFIXES(pim_allow)},
	{"pim", "groups", PREFIXES(pim_groups)},
	{"pim", "require_hello", &kind_yes, FIELD(require_hello), .expected = "yes or no"},
	{"pim", "hello", &kind_count, FIELD(hello_period), .min = 1, .max = 3600,
	 .expected = "seconds from 1 to 3600"},
	{"pim", "assert_preference", &kind_count, FIELD(assert.preference), .max = 999999999,
	 .expected = "a number from 0 to 999999999"},
	{"pim", "assert_metric", &kind_count, FIELD(assert.metric), .max = 999999999,
	 .expected = "a number from 0 to 999999999"},
	{"igmp", "interval", &kind_count, FIELD(igmp_interval), .min = 11, .max = 31744,
	 .expected = "seconds from 11 to 31744"},
	{"igmp", "robustness", &kind_count, FIELD(igmp_robustness), .min = 1, .max = 7,
	 .expected = "a number from 1 to 7"},
	{"igmp", "require_router_alert", &kind_yes, FIELD(require_router_alert),
	 .expected = "yes or no"},
	{"tunnels", "source_address", &kind_sources, .expected = "an IPv4 or IPv6 address"},
	{"tunnels", "mark", &kind_mark, FIELD(tunnels.mark),
	 .expected = "a number from 1 to 4294967295, or one as 0x7"},
	{"tunnels", "vrf", &kind_interface, FIELD(tunnels.vrf),
	 .expected = "an interface's name, of at most 15 characters"},
	{"tunnels", "hold_down", &kind_seconds, FIELD(tunnels.hold_down), .min = 1, .max = 3600,
	 .expected = "seconds from 1 to 3600"},
	{"channels", "linger", &kind_seconds, FIELD(linger), .min = 0, .max = 3600,
	 .expected = "seconds from 0 to 3600"},
	{"dataplane", "mode", &kind_mode, FIELD(mode), .expected = "auto, xdp or tc"},
	{"dataplane", "hold", &kind_seconds, FIELD(hold), .min = 5, .max = 86400,
	 .expected = "seconds from 5 to 86400"},
	{"control", "socket", &kind_path, FIELD(control_socket),
	 .expected = "a path of at most 107 bytes"},
	{"daemon", "state", &kind_path, FIELD(state), .expected = "a path of at most 107 bytes"},
	{"log", "level", &kind_level, FIELD(debug), .expected = "notice or debug"},
};

const size_t settings_count = sizeof(settings) / sizeof(settings[0]);
_Static_assert(sizeof(settings) / sizeof(settings[0]) <= SETTINGS_MAX,
	       "struct reading has a place for each setting");

const struct setting *settings_find(const char *section, const char *key)
{
	for (size_t i = 0; i < settings_count; i++)
		if (!strcmp(settings[i].section, section) && !strcmp(settings[i].key, key))
			return &settings[i];
	return NULL;
}

bool settings_has_section(const char *section)
{
	for (size_t i = 0; i < settings_count; i++)
		if (strcmp(settings[i].section, section) == 0)
			return true;
	return false;
}

unsigned *settings_origin(struct reading *reading, const struct setting *setting)
{
	return &reading->origins[setting - settings];
}

bool settings_assign(struct reading *reading, const struct setting *setting, const char *value)
{
	uint64_t bit = UINT64_C(1) << (setting - settings);

	if (!(reading->seen & bit)) {
		*settings_origin(reading, setting) = reading->line;
		if (setting->kind == &kind_list)
			lists_clear(reading->config, setting);
	} else if (!setting->kind->repeats && reading->line != READING_OPTIONS) {
		return reading_reject(reading, "'%s' is given twice", setting->key);
	}
	reading->seen |= bit;
	return setting->kind->take(reading, setting, value);
}

void settings_clear(struct config *config)
{
	for (size_t i = 0; i < settings_count; i++)
		if (settings[i].kind == &kind_list)
			lists_clear(config, &settings[i]);
}
