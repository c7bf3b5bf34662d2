/* SPDX-License-Identifier: BSD-2-Clause */
#include "manners.h"

#include "../options.h"
#include "endpoints.h"
#include "relay.h"
#include "secret.h"

#include <stddef.h>

#define LATE_MAX 60000
#define DROP_MAX 1000000
#define ROOM_MAX 1000000

struct manners manners;

static const char *file_path;

static const struct {
	const char *word;
	size_t offset; /* in struct manners, of a flag or of a number from `least` to `most` */
	unsigned least, most;
} words[] = {
	{"mute", offsetof(struct manners, mute), 0, 0},
	{"wrong-nonce", offsetof(struct manners, wrong_nonce), 0, 0},
	{"wrong-mac", offsetof(struct manners, wrong_mac), 0, 0},
	{"new-secret", offsetof(struct manners, new_secret), 0, 0},
	{"short-query", offsetof(struct manners, short_query), 0, 0},
	{"long-query", offsetof(struct manners, long_query), 0, 0},
	{"wrong-checksum", offsetof(struct manners, wrong_checksum), 0, 0},
	{"limit", offsetof(struct manners, limit), 0, 0},
	{"kernel", offsetof(struct manners, kernel), 0, 0},
	{"twice", offsetof(struct manners, twice), 0, 0},
	{"data-port", offsetof(struct manners, data_port), 1, UINT16_MAX},
	{"late", offsetof(struct manners, late), 1, LATE_MAX},
	{"periodic", offsetof(struct manners, periodic), 1, LATE_MAX},
	{"drop", offsetof(struct manners, drop), 1, DROP_MAX},
	{"room", offsetof(struct manners, room), 1, ROOM_MAX},
};

static const char *take_number(const char *value, unsigned least, unsigned most, unsigned *number)
{
	static char wrong[64];
	char *end;
	unsigned long n = strtoul(value ? value : "", &end, 10);

	snprintf(wrong, sizeof(wrong), "a number from %u to %u is needed", least, most);
	if (!value || *value < '0' || *value > '9' || *end || n < least || n > most)
		return wrong;
	*number = (unsigned)n;
	return NULL;
}

static const char *take_address(const char *value, struct address addresses[2])
{
	struct address a;

	if (!value || !address_parse(value, &a))
		return "an IPv4 or IPv6 address is needed";
	addresses[a.family == AF_INET6] = a;
	return NULL;
}

/* The following three return NULL, or what is wrong. */
static const char *take_line(char *line, struct manners *m)
{
	char *value = line;
	const char *word = strsep(&value, " ");

	if (!strcmp(word, "other-address"))
		return take_address(value, m->other_address);
	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		void *place = (char *)m + words[i].offset;

		if (strcmp(word, words[i].word))
			continue;
		if (words[i].most)
			return take_number(value, words[i].least, words[i].most, place);
		*(bool *)place = true;
		return value ? "this word takes no value" : NULL;
	}
	return "not a word for manners";
}

/* Takes all words of the file or none. Returns NULL, or a sentence that is valid until the next
 * call. */
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
	if (problem || !manners.new_secret)
		return;
	secret_start();
	endpoints_clear();
}

bool manners_drop(unsigned *count)
{
	return manners.drop && ++*count % manners.drop == 0;
}
