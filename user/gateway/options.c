/* SPDX-License-Identifier: BSD-2-Clause */
#include "gateway/options.h"
#include "base/memory.h"
#include "io/resolv_conf.h"

#include <stdlib.h>

/* Returns NULL if resolv.conf has no search domain. */
static char *search_domain(void)
{
	struct resolv_conf conf;
	char *domain = NULL, name[DNS_NAME_TEXT];

	if (!resolv_conf_read(RESOLV_CONF, &conf))
		return NULL;
	if (conf.domain && name_parse(conf.domain, name))
		domain = memory_copy_text(name);
	resolv_conf_free(&conf);
	return domain;
}

static void add_rules(struct driad_options *options, const struct config_relays *relays)
{
	options->rules = memory_new(relays->rule_count * sizeof(*options->rules));
	for (unsigned i = 0; i < relays->rule_count; i++) {
		struct driad_rule *rule = &options->rules[options->rule_count];

		rule->sources = relays->rules[i].sources;
		if (amtrelay_parse(relays->rules[i].record, &rule->record))
			options->rule_count++;
	}
}

struct driad_options driad_options_of(const struct config *config)
{
	static const enum driad_way ways[CONFIG_WAY_COUNT] = {[CONFIG_WAY_CONFIGURED] =
								      DRIAD_CONFIGURED,
							      [CONFIG_WAY_DNS_SD] = DRIAD_DNS_SD,
							      [CONFIG_WAY_ANYCAST] = DRIAD_ANYCAST,
							      [CONFIG_WAY_SOURCE] = DRIAD_SOURCE};
	const struct config_relays *relays = &config->relays;
	struct driad_options options = {.way_count = relays->way_count,
					.domain = relays->domain ? memory_copy_text(relays->domain)
								 : search_domain(),
					.renew = relays->renew,
					.require_dnssec = config->dnssec == CONFIG_DNSSEC_REQUIRE};

	for (unsigned i = 0; i < relays->way_count; i++)
		options.ways[i] = ways[relays->ways[i]];
	add_rules(&options, relays);
	return options;
}

void driad_options_free(struct driad_options *options)
{
	free(options->domain);
	free(options->rules);
	*options = (struct driad_options){0};
}

struct resolver_options resolver_options_of(const struct config *config)
{
	return (struct resolver_options){
		.servers = (const char *const *)config->dns_servers,
		.server_count = config->dns_server_count,
		.trust_anchor = config->dnssec == CONFIG_DNSSEC_OFF ? NULL : config->trust_anchor,
		.timeout = config->dns_timeout};
}

struct udp_path udp_path_of(const struct config *config)
{
	return (struct udp_path){.ipv4 = config->tunnels.ipv4,
				 .ipv6 = config->tunnels.ipv6,
				 .mark = config->tunnels.mark,
				 .vrf = config->tunnels.vrf};
}
