/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of all settings. What each means stands in user/share/mcingest.conf, which is the
 * source of mcingest.conf(5) too; a unit test holds that file to this table. */
#include "config/settings.h"

#include "config/listen.h"
#include "config/lists.h"
#include "config/rates.h"
#include "config/relays.h"
#include "config/values.h"

#include <stdlib.h>
#include <string.h>

#define FIELD(field) .offset = offsetof(struct config, field)
#define LIST(list, count, limit)                                                                   \
	.kind = &kind_list, FIELD(list), .count_offset = offsetof(struct config, count),           \
	.max = (limit)

#define RATE(field)                                                                                \
	.kind = &kind_rate, FIELD(field), .expected = "bits a second, from 1k to 1000G, as 900M"

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
	{"relays", "protect", &kind_prefixes_or_all, FIELD(relays.protect), .max = PREFIXES_MAX,
	 .expected = "an address, a prefix as 232.1.0.0/16, or all"},
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
	{"limits", "rate", RATE(rate)},
	{"limits", "channel_rate", RATE(channel_rate)},
	{"limits", "lan_rate", &kind_lan_rates, .max = CONFIG_NAMES_MAX + 1,
	 .expected = "bits a second, from 1k to 1000G, as 900M, or a LAN's as eth1 900M"},
	{"policy", "prefix", &kind_policies, .max = POLICIES_MAX,
	 .expected = "PREFIX, then some of: priority 0 to 7, rate RATE, channel_rate RATE; as "
		     "232.1.0.0/16 priority 6 rate 200M channel_rate 20M"},
	{"pim", "allow", PREFIXES(pim_allow)},
	{"pim", "groups", PREFIXES(pim_groups)},
	{"pim", "require_hello", &kind_yes, FIELD(require_hello), .expected = "yes or no"},
	{"pim", "hello", &kind_count, FIELD(hello_period), .min = 1, .max = 3600,
	 .expected = "seconds from 1 to 3600"},
	{"pim", "assert_preference", &kind_count, FIELD(assert.preference), .max = 999999999,
	 .expected = "a number from 0 to 999999999"},
	{"pim", "assert_metric", &kind_count, FIELD(assert.metric), .max = 999999999,
	 .expected = "a number from 0 to 999999999"},
	{"lan", "takeover", &kind_ms, FIELD(takeover), .min = 30, .max = 10000,
	 .expected = "off, or milliseconds from 30 to 10000, as 100ms"},
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
	{"channels", "file", &kind_path, FIELD(joinfile),
	 .expected = "a path of at most 107 bytes"},
	{"dataplane", "mode", &kind_mode, FIELD(mode), .expected = "auto, xdp or tc"},
	{"dataplane", "hold", &kind_seconds, FIELD(hold), .min = 5, .max = 86400,
	 .expected = "seconds from 5 to 86400"},
	{"control", "socket", &kind_path, FIELD(control_socket),
	 .expected = "a path of at most 107 bytes"},
	{"control", "group", &kind_group, FIELD(control_group),
	 .expected = "a group's name, of at most 32 characters"},
	{"metrics", "listen", &kind_listen, FIELD(metrics),
	 .expected = "yes, no, or an address, as 192.0.2.1:9268 or [2001:db8::1]:9268"},
	{"metrics", "channels", &kind_count, FIELD(metrics.busiest), .max = CONFIG_BUSIEST_MAX,
	 .expected = "a number from 0 to 500"},
	{"metrics", "page", &kind_yes, FIELD(metrics.page), .expected = "yes or no"},
	{"metrics", "names", LIST(metrics.names, metrics.name_count, CONFIG_NAMES_MAX),
	 .word = word_is_host, .expected = "a host's name, as box.example.net"},
	{"daemon", "instance", &kind_instance, FIELD(instance),
	 .expected = "a name of at most 32 letters, digits, '-' and '_', which begins with a "
		     "letter or digit"},
	{"daemon", "state", &kind_path, FIELD(state), .expected = "a path of at most 107 bytes"},
	{"daemon", "seccomp", &kind_yes, FIELD(seccomp), .expected = "yes or no"},
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

char *settings_value(const struct config *config, const struct setting *setting, unsigned i)
{
	size_t size;
	char *text;
	FILE *out = open_memstream(&text, &size);
	bool there;

	if (!out)
		abort();
	there = setting->kind->give(out, config, setting, i);
	fclose(out);
	if (there)
		return text;
	free(text);
	return NULL;
}

void settings_clear(struct config *config)
{
	for (size_t i = 0; i < settings_count; i++)
		if (settings[i].kind == &kind_list)
			lists_clear(config, &settings[i]);
}
