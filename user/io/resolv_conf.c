/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/resolv_conf.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_ 1024 /* the rest of a longer line is read as a line of its own */
#define WORD_MAX_ 255

static void add_server(struct resolv_conf *conf, const char *address)
{
	if (conf->server_count < RESOLV_CONF_SERVERS_MAX)
		conf->servers[conf->server_count++] = memory_copy_text(address);
}

/* The last line counts. The root domain stands for none. */
static void set_domain(struct resolv_conf *conf, const char *domain)
{
	free(conf->domain);
	conf->domain = strcmp(domain, ".") ? memory_copy_text(domain) : NULL;
}

/* The words of a comment are unknown keys. */
static void take_line(struct resolv_conf *conf, const char *line)
{
	char key[16], word[WORD_MAX_ + 1];

	if (sscanf(line, "%15s %255s", key, word) != 2)
		return;
	if (!strcmp(key, "nameserver"))
		add_server(conf, word);
	else if (!strcmp(key, "search") || !strcmp(key, "domain"))
		set_domain(conf, word);
}

bool resolv_conf_read(const char *path, struct resolv_conf *conf)
{
	FILE *file = fopen(path, "re");
	char line[LINE_MAX_];

	*conf = (struct resolv_conf){0};
	if (!file)
		return false;
	while (fgets(line, sizeof(line), file))
		take_line(conf, line);
	fclose(file);
	return true;
}

void resolv_conf_free(struct resolv_conf *conf)
{
	while (conf->server_count)
		free(conf->servers[--conf->server_count]);
	free(conf->domain);
	conf->domain = NULL;
}
