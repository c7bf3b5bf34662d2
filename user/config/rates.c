/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/rates.h"

#include "base/memory.h"
#include "config/lists.h"
#include "config/values.h"

#include <stdlib.h>
#include <string.h>

#define RATE_MIN UINT64_C(1000)
#define RATE_MAX UINT64_C(1000000000000)

static const struct {
	char letter;
	uint64_t bits;
} units[] = {{'G', 1000000000}, {'M', 1000000}, {'k', 1000}};

/* Six digits of milliards are still a number. */
static bool rate_parse(const char *text, uint64_t *rate)
{
	size_t digits = strspn(text, "0123456789");
	uint64_t unit = 1;

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (text[digits] == units[i].letter)
			unit = units[i].bits;
	if (!digits || digits > 13 || (unit > 1 ? text[digits + 1] : text[digits]) ||
	    (unit > 1 && digits > 6))
		return false;
	*rate = strtoull(text, NULL, 10) * unit;
	return *rate >= RATE_MIN && *rate <= RATE_MAX;
}

static int rate_give(FILE *out, uint64_t rate)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (rate % units[i].bits == 0)
			return fprintf(out, "%llu%c", (unsigned long long)(rate / units[i].bits),
				       units[i].letter);
	return fprintf(out, "%llu", (unsigned long long)rate);
}

static bool take_rate(struct reading *reading, const struct setting *setting, const char *value)
{
	uint64_t *rate = values_field(reading->config, setting);

	return rate_parse(value, rate) || reading_reject(reading, "expected %s", setting->expected);
}

static bool give_rate(FILE *out, const struct config *config, const struct setting *setting,
		      unsigned i)
{
	uint64_t rate = *(uint64_t *)values_field(config, setting);

	return !i && rate && rate_give(out, rate) > 0;
}

const struct kind kind_rate = {.take = take_rate, .give = give_rate};

/* The next word of a line, cut off in place; NULL at its end. */
static char *next_word(char **rest)
{
	char *word = *rest + strspn(*rest, READING_BLANK);

	if (!*word)
		return NULL;
	*rest = word + strcspn(word, READING_BLANK);
	if (**rest)
		*(*rest)++ = '\0';
	return word;
}

/* "900M" for every LAN, or "eth1 900M". */
static bool lan_rate_parse(char *line, struct config_lan_rate *rate)
{
	char *first = next_word(&line), *second = next_word(&line);

	if (!first || next_word(&line))
		return false;
	rate->lan = second ? first : NULL;
	return (!second || word_is_interface(first)) &&
	       rate_parse(second ? second : first, &rate->rate);
}

static bool is_same_lan(const struct config_lan_rate *a, const struct config_lan_rate *b)
{
	return memory_is_same_text(a->lan, b->lan);
}

static bool lan_rate_add(struct reading *reading, const struct setting *setting,
			 const struct config_lan_rate *rate)
{
	struct config *config = reading->config;

	for (unsigned i = 0; i < config->lan_rate_count; i++)
		if (is_same_lan(&config->lan_rates[i], rate))
			return reading_reject(reading, "'%s' has a rate already",
					      rate->lan ? rate->lan : "every LAN");
	if (config->lan_rate_count == setting->max)
		return reading_reject(reading, "expected %u lines at most", setting->max);
	config->lan_rates[config->lan_rate_count++] = (struct config_lan_rate){
		.lan = rate->lan ? memory_copy_text(rate->lan) : NULL, .rate = rate->rate};
	return true;
}

static bool take_lan_rate(struct reading *reading, const struct setting *setting, const char *value)
{
	char *line = memory_copy_text(value);
	struct config_lan_rate rate;
	bool fine = lan_rate_parse(line, &rate)
			    ? lan_rate_add(reading, setting, &rate)
			    : reading_reject(reading, "expected %s", setting->expected);

	free(line);
	return fine;
}

static bool give_lan_rate(FILE *out, const struct config *config, const struct setting *setting,
			  unsigned i)
{
	(void)setting;
	if (i >= config->lan_rate_count)
		return false;
	if (config->lan_rates[i].lan)
		fprintf(out, "%s ", config->lan_rates[i].lan);
	return rate_give(out, config->lan_rates[i].rate) > 0;
}

const struct kind kind_lan_rates = {.take = take_lan_rate, .give = give_lan_rate, .repeats = true};

/* One attribute of a policy: "priority 6", "rate 200M" or "channel_rate 20M", each once. */
static bool attribute_parse(const char *name, const char *value, struct policy *policy)
{
	if (!value)
		return false;
	if (!strcmp(name, "priority"))
		return !policy->has_priority &&
		       (policy->has_priority =
				values_number_parse(value, 0, PRIORITY_MAX, &policy->priority));
	if (!strcmp(name, "rate"))
		return !policy->rate && rate_parse(value, &policy->rate);
	return !strcmp(name, "channel_rate") && !policy->channel_rate &&
	       rate_parse(value, &policy->channel_rate);
}

static bool policy_parse(char *line, struct policy *policy)
{
	char *word = next_word(&line);

	*policy = (struct policy){.priority = POLICY_PRIORITY};
	if (!word || !prefix_parse(word, &policy->prefix))
		return false;
	word = next_word(&line);
	for (; word; word = next_word(&line))
		if (!attribute_parse(word, next_word(&line), policy))
			return false;
	return policy->has_priority || policy->rate || policy->channel_rate;
}

static bool take_policy(struct reading *reading, const struct setting *setting, const char *value)
{
	struct config *config = reading->config;
	struct policy policy;
	char *line = memory_copy_text(value);
	bool fine = policy_parse(line, &policy);

	free(line);
	if (!fine)
		return reading_reject(reading, "expected %s", setting->expected);
	if (config->policies.count == setting->max)
		return reading_reject(reading, "expected %u lines at most", setting->max);
	config->policies.list[config->policies.count++] = policy;
	return true;
}

static void rate_attribute_give(FILE *out, const char *name, uint64_t rate)
{
	if (!rate)
		return;
	fprintf(out, " %s ", name);
	rate_give(out, rate);
}

static bool give_policy(FILE *out, const struct config *config, const struct setting *setting,
			unsigned i)
{
	const struct policy *policy = &config->policies.list[i];

	(void)setting;
	if (i >= config->policies.count)
		return false;
	prefix_give(out, &policy->prefix);
	if (policy->has_priority)
		fprintf(out, " priority %u", policy->priority);
	rate_attribute_give(out, "rate", policy->rate);
	rate_attribute_give(out, "channel_rate", policy->channel_rate);
	return true;
}

const struct kind kind_policies = {.take = take_policy, .give = give_policy, .repeats = true};

void rates_clear(struct config *config)
{
	while (config->lan_rate_count)
		free(config->lan_rates[--config->lan_rate_count].lan);
	config->policies.count = 0;
}
