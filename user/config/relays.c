/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/relays.h"

#include "base/memory.h"
#include "config/lists.h"
#include "config/values.h"
#include "driad/rdata.h"

#include <stdlib.h>
#include <string.h>

static const char *const way_words[CONFIG_WAY_COUNT] = {[CONFIG_WAY_CONFIGURED] = "configured",
							[CONFIG_WAY_DNS_SD] = "dns-sd",
							[CONFIG_WAY_ANYCAST] = "anycast",
							[CONFIG_WAY_SOURCE] = "source"};

static bool way_add(struct reading *reading, const struct setting *setting, const char *word)
{
	struct config_relays *relays = values_field(reading->config, setting);
	enum config_way way = values_find_word(way_words, CONFIG_WAY_COUNT, word);

	for (unsigned i = 0; i < relays->way_count; i++)
		if (relays->ways[i] == way)
			way = CONFIG_WAY_COUNT;
	if (way == CONFIG_WAY_COUNT)
		return reading_reject(reading, "'%s': expected %s", word, setting->expected);
	relays->ways[relays->way_count++] = way;
	return true;
}

static bool take_ways(struct reading *reading, const struct setting *setting, const char *value)
{
	struct config_relays *relays = values_field(reading->config, setting);

	relays->way_count = 0;
	return lists_each_word(reading, setting, value, way_add);
}

static bool give_ways(FILE *out, const struct config *config, const struct setting *setting,
		      unsigned i)
{
	const struct config_relays *relays = values_field(config, setting);

	if (i)
		return false;
	for (unsigned j = 0; j < relays->way_count; j++)
		fprintf(out, "%s%s", j ? " " : "", way_words[relays->ways[j]]);
	return true;
}

const struct kind kind_ways = {.take = take_ways, .give = give_ways};

/* "192.0.2.0/24 10 0 1 203.0.113.15": a prefix, then AMTRELAY data. */
static bool take_rule(struct reading *reading, const struct setting *setting, const char *value)
{
	struct config_relays *relays = values_field(reading->config, setting);
	size_t end = strcspn(value, READING_BLANK);
	const char *data = value + end + strspn(value + end, READING_BLANK);
	char prefix[ADDR_TEXT + 4];
	struct config_rule *rule;
	struct amtrelay record;

	if (relays->rule_count == setting->max)
		return reading_reject(reading, "expected %u lines at most", setting->max);
	if (!relays->rules)
		relays->rules = memory_new(setting->max * sizeof(*relays->rules));
	rule = &relays->rules[relays->rule_count];
	if (end >= sizeof(prefix))
		return reading_reject(reading, "expected %s", setting->expected);
	memcpy(prefix, value, end);
	prefix[end] = '\0';
	if (!prefix_parse(prefix, &rule->sources) || !amtrelay_parse(data, &record))
		return reading_reject(reading, "expected %s", setting->expected);
	rule->record = memory_copy_text(data);
	relays->rule_count++;
	return true;
}

static bool give_rule(FILE *out, const struct config *config, const struct setting *setting,
		      unsigned i)
{
	const struct config_relays *relays = values_field(config, setting);

	if (i >= relays->rule_count)
		return false;
	prefix_give(out, &relays->rules[i].sources);
	return fprintf(out, " %s", relays->rules[i].record) > 0;
}

const struct kind kind_rules = {.take = take_rule, .give = give_rule, .repeats = true};

static bool take_domain(struct reading *reading, const struct setting *setting, const char *value)
{
	char **domain = values_field(reading->config, setting);
	char name[DNS_NAME_TEXT];

	if (!name_parse(value, name))
		return reading_reject(reading, "expected %s", setting->expected);
	free(*domain);
	*domain = memory_copy_text(name);
	return true;
}

const struct kind kind_domain = {.take = take_domain, .give = give_text};

void relays_clear(struct config_relays *relays)
{
	while (relays->rule_count)
		free(relays->rules[--relays->rule_count].record);
	free(relays->rules);
	free(relays->domain);
	*relays = (struct config_relays){0};
}
