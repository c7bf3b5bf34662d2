/* SPDX-License-Identifier: BSD-2-Clause */
#include "manners.h"

#include "../options.h"
#include "relay.h"

#include <stddef.h>
#include <stdio.h>

struct manners manners;

static const char *file_path;

static const struct {
	const char *word;
	size_t offset; /* in struct manners */
} flags[] = {
	{"mute", offsetof(struct manners, mute)},
};

/* NULL, or what is wrong with the line. */
static const char *take_line(char *line, struct manners *m)
{
	char *rest = line;
	const char *word = strsep(&rest, " ");

	for (unsigned i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (strcmp(word, flags[i].word))
			continue;
		if (rest)
			return "no value belongs to this word";
		*(bool *)((char *)m + flags[i].offset) = true;
		return NULL;
	}
	return "not a word for manners";
}

/* Whole or not at all; NULL, or a sentence that stays until the next call. */
static const char *take_file(void)
{
	static char problem[512];
	struct manners next = {0};
	char line[128], text[128];
	const char *wrong = NULL;
	FILE *file = fopen(file_path, "re");

	if (!file) {
		snprintf(problem, sizeof(problem), "--manners '%s': %s", file_path,
			 strerror(errno));
		return problem;
	}
	while (!wrong && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = 0;
		strcpy(text, line);
		wrong = *line ? take_line(line, &next) : NULL;
	}
	fclose(file);
	if (wrong) {
		snprintf(problem, sizeof(problem), "--manners '%s': '%s': %s", file_path, text,
			 wrong);
		return problem;
	}
	manners = next;
	return NULL;
}

void manners_start(const char *file)
{
	const char *problem;

	file_path = file;
	problem = take_file();
	if (problem)
		fail(2, "%s", problem);
}

void manners_again(void)
{
	const char *problem = file_path ? take_file() : "SIGHUP: no --manners to read";

	report("%s", problem ? problem : "manners read again");
}
