/* SPDX-License-Identifier: BSD-2-Clause */
/* The configuration file that the package installs documents every key, and changes nothing. */
#include "config/settings.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SHIPPED "user/share/mcingest.conf"

static FILE *shipped;
static char line[256], section[32], key[32], value[128];

static void set_up(void)
{
	shipped = fopen(SHIPPED, "r");
	cr_assert(shipped, "tests run in the tree's folder: cannot open " SHIPPED);
}

static void tear_down(void)
{
	fclose(shipped);
}

TestSuite(shipped, .init = set_up, .fini = tear_down);

/* A key has no blank behind its '#'; all other comments have one. */
static bool is_key(void)
{
	return line[0] == '#' && islower((unsigned char)line[1]);
}

static bool next_key(void)
{
	while (fgets(line, sizeof(line), shipped)) {
		if (line[0] == '[')
			sscanf(line, "[%31[a-z]]", section);
		if (is_key())
			return sscanf(line, "#%31[a-z_] = %127[^\n]", key, value) == 2;
	}
	return false;
}

/* config_read() as the daemon calls it, with the LAN that the file names as an example. */
static struct config read_file(const char *path)
{
	char *argv[] = {"mcingestd", "--config", (char *)path, "--downstream", "eth1", NULL};
	struct config config;

	cr_assert_eq(config_read(&config, 5, argv), 0, "%s has a mistake", path);
	return config;
}

/* The value as it stands in a file, to be freed; NULL if there is none. */
static char *value_of(const struct config *config, const struct setting *setting)
{
	size_t size;
	char *text;
	FILE *out = open_memstream(&text, &size);
	bool there = setting->kind->give(out, config, setting, 0);

	fclose(out);
	if (there)
		return text;
	free(text);
	return NULL;
}

Test(shipped, every_key_stands_once_in_its_section)
{
	unsigned *found = calloc(settings_count, sizeof(*found));

	while (next_key()) {
		const struct setting *setting = settings_find(section, key);

		cr_assert(setting, "there is no key '%s' in [%s]", key, section);
		found[setting - settings]++;
	}
	for (size_t i = 0; i < settings_count; i++)
		cr_expect_eq(found[i], 1, "'%s' of [%s] stands there %u times", settings[i].key,
			     settings[i].section, found[i]);
	free(found);
}

Test(shipped, a_key_that_has_a_default_stands_with_it)
{
	struct config defaults = read_file("/dev/null");

	while (next_key()) {
		char *wanted = value_of(&defaults, settings_find(section, key));

		cr_expect(!wanted || !strcmp(value, wanted), "'%s' of [%s]: the default is %s", key,
			  section, wanted);
		free(wanted);
	}
	config_free(&defaults);
}

Test(shipped, as_it_is_it_changes_nothing)
{
	struct config config = read_file(SHIPPED), defaults = read_file("/dev/null");

	for (size_t i = 0; i < settings_count; i++) {
		char *text = value_of(&config, &settings[i]);
		char *wanted = value_of(&defaults, &settings[i]);

		cr_expect(!text == !wanted && (!text || !strcmp(text, wanted)), "'%s' of [%s]",
			  settings[i].key, settings[i].section);
		free(text);
		free(wanted);
	}
	config_free(&config);
	config_free(&defaults);
}

/* The file of the trust anchor need not exist here. */
Test(shipped, each_example_is_possible)
{
	char path[] = "/tmp/mcingest-shipped-XXXXXX";
	FILE *copy = fdopen(mkstemp(path), "w");
	struct config config;

	cr_assert(copy);
	while (fgets(line, sizeof(line), shipped))
		if (!strstr(line, "#trust_anchor"))
			fputs(line + is_key(), copy);
	fclose(copy);
	config = read_file(path);
	unlink(path);
	cr_expect(config.upstream_count == 1 && config.relays.rule_count == 1);
	config_free(&config);
}
