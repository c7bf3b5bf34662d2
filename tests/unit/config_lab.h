/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads configurations in a folder of the test's own, where "conf" is the file. */
#pragma once

#include "base/log.h"
#include "config/config.h"
#include "log_file.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EACH(i, table) for (size_t i = 0; i < sizeof(table) / sizeof((table)[0]); i++)
#define ARGUMENTS_MAX  24

static struct config config;
static char *said;     /* on stderr, without dates and times */
static char *answered; /* on stdout */

static inline void set_up(void)
{
	char folder[] = "/tmp/mcingest-config-XXXXXX";

	cr_assert(mkdtemp(folder) && chdir(folder) == 0);
}

static inline void tear_down(void)
{
	char folder[64];

	unlink("conf");
	cr_assert(getcwd(folder, sizeof(folder)));
	rmdir(folder);
	free(said);
	free(answered);
}

static inline void write_conf(const char *text, size_t length)
{
	FILE *file = fopen("conf", "w");

	cr_assert(file && fwrite(text, 1, length, file) == length && fclose(file) == 0);
}

/* The log begins its lines with date, time and our name. */
static inline void take_log(struct log_file *log)
{
	char *text = log_file_end(log), *rest = text, *line;
	size_t date = strlen("2026-11-26 12:00:00.000 "), size;
	FILE *out;

	free(said);
	out = open_memstream(&said, &size);
	while ((line = strsep(&rest, "\n")) && *line) {
		bool logged = strlen(line) > date && !strncmp(line + date, "mcingestd: ", 11);

		fprintf(out, "%s\n", logged ? line + date : line);
	}
	fclose(out);
	free(text);
}

/* `arguments` are words with single spaces between them. */
static inline int read_words(const char *arguments)
{
	char *copy = strdup(arguments), *rest = copy, *argv[ARGUMENTS_MAX + 1] = {"mcingestd"};
	FILE *kept = stdout;
	struct log_file log;
	int argc = 1, status;
	size_t size;

	while (*arguments && rest && argc < ARGUMENTS_MAX)
		argv[argc++] = strsep(&rest, " ");
	free(answered);
	stdout = open_memstream(&answered, &size);
	log = log_file_begin();
	status = config_read(&config, argc, argv);
	log_catch_up(USEC_NEVER);
	take_log(&log);
	fclose(stdout);
	stdout = kept;
	free(copy);
	return status;
}

/* Reads a file with these lines, by these arguments. */
static inline int read_conf_by(const char *arguments, const char *text)
{
	write_conf(text, strlen(text));
	return read_words(arguments);
}

static inline int read_conf(const char *text)
{
	return read_conf_by("--config conf", text);
}
