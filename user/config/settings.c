/* SPDX-License-Identifier: BSD-2-Clause */
/* The configuration file. Lines that start with ';' or '#' are comments, and so is what follows
 * " ;" on a line. A list may be given in several lines of the same key; any other key stands once.
 *
 *   [interfaces]
 *   downstream = lan0 lan1   LANs whose routers send Joins, at most 8; no default
 *   upstream = wan0          where tunnels arrive, at most 16; may be a LAN as well. Default: the
 *                            interfaces that routes leave by
 *   igmp = lan0              those LANs whose hosts are asked by IGMPv3 and MLDv2 what they want;
 *                            nothing is asked elsewhere. Default: none
 *   observe = lan0           those LANs where another daemon on this host speaks PIM: the Joins
 *                            that are meant for it are followed, and nothing is said
 *   [dns]
 *   server = 192.0.2.53      addresses, a link-local one with its interface as fe80::1%eth0, each
 *                            with @port where it is not 53, at most 8. Default: those of
 *                            /etc/resolv.conf
 *   timeout = 5              seconds that a question may take, repetitions included: 1 to 60
 *   dnssec = prefer          require: what is not validated does not count; prefer: what can be
 *                            validated and is not right does not count; or off
 *   trust_anchor = FILE      of DS or DNSKEY records, such as /usr/share/dns/root.key, by which
 *                            answers are validated. Default: none, so that prefer has no effect
 *   [relays]                 of a source, how they are found (RFC 8777)
 *   ways = configured dns-sd source
 *                            those that are used, the most preferred first; also anycast: the
 *                            discovery addresses 192.52.193.1 and 2001:3::1
 *   amtrelay = 192.0.2.0/24 10 0 1 203.0.113.15
 *                            sources, then AMTRELAY data: precedence, 1 where discovery is
 *                            optional, type (0: no relay, of no way; 1: IPv4; 2: IPv6; 3: a
 *                            name), relay ('.' of type 0). One a line, at most 256; the longest
 *                            prefix that holds a source counts, with all of its lines
 *   domain = example.net     that dns-sd asks for _amt._udp. Default: the first search domain of
 *                            /etc/resolv.conf
 *   renew = 60               seconds, at least, until the relays of a source with channels are
 *                            looked up again, however short their TTL: 1 to 3600
 *   warm = 203.0.113.15      relays to which tunnels stand ready, channels or not, by addresses, at
 *                            most 64. Default: none
 *   [limits]
 *   channels = 16384         (S,G) joined in all: 1 to 1000000
 *   tunnels = 1024           relays with a tunnel: 1 to 65535
 *   discoveries = 100        times a second that DNS is asked for the relays of a source, or for a
 *                            relay that the source's zone names, in all: 1 to 1000000
 *   network_discoveries = 20 the same, for the sources of one network (/24; IPv6: /48)
 *   new_relays = 50          relays of sources' zones, not known so far, that are asked a second:
 *                            1 to 1000000
 *   unanswered_relays = 16   of those, that one network's sources may have without an answer: 1
 *                            to 65535
 *   neighbors = 256          PIM routers on one LAN, of one family: 1 to 65535
 *   joins = 8192             (S,G) that one of them may have joined at a time: 1 to 1000000
 *   memberships = 4096       (S,G) that the hosts of one LAN may have joined, of one family: 1 to
 *                            1000000
 *   slow_path = 50000        frames a second that the daemon itself sends, in all: 1000 to 1000000;
 *                            each takes some 13 microseconds of one core
 *   [pim]
 *   allow = 10.0.0.0/24      routers that are heard, by prefixes of their addresses, at most 64
 *                            (IPv6 routers speak from link-local ones). Default: all
 *   groups = 232.0.0.0/8     groups that are served, by prefixes, at most 64. Default: all that
 *                            may leave a link
 *   require_hello = yes      or no: Join/Prunes count of routers, too, that say no Hello
 *   hello = 30               seconds between our Hellos (Hello_Period); neighbours hold us for gone
 *                            after 3.5 times that: 1 to 3600
 *   assert_preference = 200  what an Assert says of our way to every source, the lower the better:
 *   assert_metric = 100      by default a router that has a native path wins: 0 to 999999999 each
 *   [igmp]
 *   interval = 125           seconds between General Queries (Query Interval): 11 to 31744
 *   robustness = 2           Robustness Variable: how often what may get lost is said: 1 to 7
 *   require_router_alert = no
 *                            or yes: reports and Queries of IGMPv3 and MLDv2 without the Router
 *                            Alert option are refused
 *   [tunnels]                by what the kernel finds their way, where the main table is not it
 *   source_address = ADDRESS ours in their outer headers, one of each family; an address of this
 *                            host. Default: the route's
 *   mark = 7                 for `ip rule fwmark`: 1 to 4294967295, or as 0x7
 *   vrf = NAME               the VRF interface whose table has the way to relays
 *   hold_down = 180          seconds that a relay which has failed is tried after all others, and
 *                            one that sends a channel no data not again for that: 1 to 3600;
 *                            RFC 8777 asks for 180 to 600
 *   [channels]
 *   linger = 2               seconds that a channel that nobody wants any more stays joined at its
 *                            relay, in case that somebody zaps back; the LAN is quiet at once: 0
 *                            to 3600
 *   [dataplane]
 *   mode = auto              xdp or tc: by what upstream packets are decapsulated. auto: XDP
 *                            where the WAN's and the LAN's drivers can, else TC; with xdp it
 *                            does not start where the WAN's driver cannot
 *   hold = 180               seconds that the kernel forwards on for a daemon that has died:
 *                            5 to 86400
 *   [control]
 *   socket = PATH            what `mcingest` talks to. Default: /run/mcingest/control.sock
 *   [daemon]
 *   state = DIR              for what outlives a reboot: the secret of the tunnels' ports. Default:
 *                            systemd's STATE_DIRECTORY, else /var/lib/mcingest
 *   [log]
 *   level = notice           or debug: every packet and every step
 */
#include "config/settings.h"

#include <stddef.h>

#define FIELD(field) .offset = offsetof(struct config, field)
#define LIST(list, count, limit)                                                                   \
	.take = take_list, FIELD(list), .count_offset = offsetof(struct config, count),            \
	.most = (limit)

#define PREFIXES(field)                                                                            \
	.take = take_prefixes, FIELD(field), .most = PREFIXES_MAX,                                 \
	.expected = "an address, or a prefix as 10.0.0.0/24"

const struct setting settings[] = {
	{"interfaces", "downstream", LIST(downstream, downstream_count, CONFIG_NAMES_MAX),
	 .word = word_is_interface, .expected = "an interface's name, of at most 127 characters"},
	{"interfaces", "upstream", LIST(upstream, upstream_count, CONFIG_UPLINKS_MAX),
	 .word = word_is_interface, .expected = "an interface's name, of at most 127 characters"},
	{"interfaces", "igmp", LIST(igmp, igmp_count, CONFIG_NAMES_MAX), .word = word_is_interface,
	 .expected = "an interface's name, of at most 127 characters"},
	{"interfaces", "observe", LIST(observe, observe_count, CONFIG_NAMES_MAX),
	 .word = word_is_interface, .expected = "an interface's name, of at most 127 characters"},
	{"dns", "server", LIST(dns_servers, dns_server_count, CONFIG_SERVERS_MAX),
	 .word = word_is_server,
	 .expected = "an IPv4 or IPv6 address, with %interface if it is link-local, and @port if "
		     "need be"},
	{"dns", "timeout", take_seconds, FIELD(dns_timeout), .least = 1, .most = 60,
	 .expected = "seconds from 1 to 60"},
	{"dns", "dnssec", take_dnssec, FIELD(dnssec), .expected = "require, prefer or off"},
	{"dns", "trust_anchor", take_path, FIELD(trust_anchor),
	 .expected = "a path of at most 107 bytes"},
	{"relays", "ways", take_ways, FIELD(relays),
	 .expected = "configured, dns-sd, anycast or source, each once"},
	{"relays", "amtrelay", take_rule, FIELD(relays), .most = DRIAD_RULES_MAX,
	 .expected = "PREFIX PRECEDENCE D TYPE RELAY, as 192.0.2.0/24 10 0 1 203.0.113.15"},
	{"relays", "renew", take_count, FIELD(relays.renew), .least = 1, .most = 3600,
	 .expected = "seconds from 1 to 3600"},
	{"relays", "warm", take_addresses, FIELD(warm), .most = PREFIXES_MAX,
	 .expected = "the address of a relay"},
	{"relays", "domain", take_domain, FIELD(relays.domain), .expected = "a domain's name"},
	{"limits", "channels", take_count, FIELD(max_channels), .least = 1, .most = 1000000,
	 .expected = "a number from 1 to 1000000"},
	{"limits", "tunnels", take_count, FIELD(max_tunnels), .least = 1, .most = 65535,
	 .expected = "a number from 1 to 65535"},
	{"limits", "discoveries", take_count, FIELD(discoveries), .least = 1, .most = 1000000,
	 .expected = "a number from 1 to 1000000"},
	{"limits", "network_discoveries", take_count, FIELD(network_discoveries), .least = 1,
	 .most = 1000000, .expected = "a number from 1 to 1000000"},
	{"limits", "new_relays", take_count, FIELD(new_relays), .least = 1, .most = 1000000,
	 .expected = "a number from 1 to 1000000"},
	{"limits", "unanswered_relays", take_count, FIELD(unanswered), .least = 1, .most = 65535,
	 .expected = "a number from 1 to 65535"},
	{"limits", "neighbors", take_count, FIELD(max_neighbors), .least = 1, .most = 65535,
	 .expected = "a number from 1 to 65535"},
	{"limits", "joins", take_count, FIELD(max_joins), .least = 1, .most = 1000000,
	 .expected = "a number from 1 to 1000000"},
	{"limits", "memberships", take_count, FIELD(max_memberships), .least = 1, .most = 1000000,
	 .expected = "a number from 1 to 1000000"},
	{"limits", "slow_path", take_count, FIELD(slow_rate), .least = 1000, .most = 1000000,
	 .expected = "a number from 1000 to 1000000"},
	{"pim", "allow", PREFIXES(pim_allow)},
	{"pim", "groups", PREFIXES(pim_groups)},
	{"pim", "require_hello", take_yes, FIELD(require_hello), .expected = "yes or no"},
	{"pim", "hello", take_count, FIELD(hello_period), .least = 1, .most = 3600,
	 .expected = "seconds from 1 to 3600"},
	{"pim", "assert_preference", take_count, FIELD(assert.preference), .most = 999999999,
	 .expected = "a number from 0 to 999999999"},
	{"pim", "assert_metric", take_count, FIELD(assert.metric), .most = 999999999,
	 .expected = "a number from 0 to 999999999"},
	{"igmp", "interval", take_count, FIELD(igmp_interval), .least = 11, .most = 31744,
	 .expected = "seconds from 11 to 31744"},
	{"igmp", "robustness", take_count, FIELD(igmp_robustness), .least = 1, .most = 7,
	 .expected = "a number from 1 to 7"},
	{"igmp", "require_router_alert", take_yes, FIELD(require_router_alert),
	 .expected = "yes or no"},
	{"tunnels", "source_address", take_sources, .expected = "an IPv4 or IPv6 address"},
	{"tunnels", "mark", take_mark, FIELD(tunnels.mark),
	 .expected = "a number from 1 to 4294967295, or one as 0x7"},
	{"tunnels", "vrf", take_interface, FIELD(tunnels.vrf),
	 .expected = "an interface's name, of at most 15 characters"},
	{"tunnels", "hold_down", take_seconds, FIELD(tunnels.hold_down), .least = 1, .most = 3600,
	 .expected = "seconds from 1 to 3600"},
	{"channels", "linger", take_seconds, FIELD(linger), .least = 0, .most = 3600,
	 .expected = "seconds from 0 to 3600"},
	{"dataplane", "mode", take_mode, FIELD(mode), .expected = "auto, xdp or tc"},
	{"dataplane", "hold", take_seconds, FIELD(hold), .least = 5, .most = 86400,
	 .expected = "seconds from 5 to 86400"},
	{"control", "socket", take_path, FIELD(control_socket),
	 .expected = "a path of at most 107 bytes"},
	{"daemon", "state", take_path, FIELD(state), .expected = "a path of at most 107 bytes"},
	{"log", "level", take_level, FIELD(debug), .expected = "notice or debug"},
};

const size_t settings_count = sizeof(settings) / sizeof(settings[0]);
_Static_assert(sizeof(settings) / sizeof(settings[0]) <= 64, "a bit of `seen` for each");
