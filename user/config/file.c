/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/file.h"

#include "config/settings.h"

#include <errno.h>
#include <ini.h>
#include <string.h>

/* Gives inih one line. inih would cut a line that is too long, does not count lines, and joins an
 * indented line to the key above it. None of this may change what an operator meant. */
static char *read_line(char *line, int size, void *owner)
{
	struct reading *reading = owner;
	ssize_t length;
	char *start;

	if (reading->complaint ||
	    (length = getline(&reading->text, &reading->size, reading->stream)) < 0)
		return NULL;
	reading->line++;
	reading->key = NULL;
	start = reading->text + strspn(reading->text, READING_BLANK);
	if (strlen(reading->text) != (size_t)length)
		reading_reject(reading, "not a text file");
	else if (strlen(start) >= (size_t)size)
		reading_reject(reading, "the line is longer than %d characters", size - 2);
	else
		return strcpy(line, start);
	return NULL;
}

static bool section_is_known(const char *section)
{
	for (size_t i = 0; i < settings_count; i++)
		if (strcmp(settings[i].section, section) == 0)
			return true;
	return false;
}

static int take_key(void *owner, const char *section, const char *key, const char *value)
{
	struct reading *reading = owner;

	reading->key = key;
	reading->value = value;
	for (size_t i = 0; i < settings_count; i++)
		if (!strcmp(settings[i].section, section) && !strcmp(settings[i].key, key))
			return settings_assign(reading, &settings[i], value);
	if (!*section)
		return reading_reject(reading, "stands before the first [section]");
	if (!section_is_known(section))
		return reading_reject(
			reading,
			"unknown section [%s]: expected [interfaces], [dns], [relays], "
			"[limits], [pim], [igmp], [tunnels], [channels], [dataplane], "
			"[control], [daemon] or [log]",
			section);
	return reading_reject(reading, "unknown key '%s' in [%s]", key, section);
}

/* inih tells only at its end which line it could not read. A complaint about a later line may be a
 * consequence of that line. */
static void read_stream(struct reading *reading)
{
	int bad_line = ini_parse_stream(read_line, reading, take_key, reading);

	reading->key = NULL;
	if (bad_line > 0 && (!reading->complaint || (unsigned)bad_line < reading->line)) {
		reading->line = (unsigned)bad_line;
		reading_reject(reading, "expected [section], key = value, or a comment");
	}
	if (!reading->complaint && ferror(reading->stream)) {
		reading->line = 0;
		reading_reject(reading, "cannot read: %s", strerror(errno));
	}
}

bool file_read(struct config *config, const char *asked)
{
	struct reading reading = {.config = config, .file = asked ? asked : CONFIG_FILE};

	reading.stream = fopen(reading.file, "re");
	if (reading.stream) {
		read_stream(&reading);
		fclose(reading.stream);
	} else if (asked || errno != ENOENT) {
		reading_reject(&reading, "cannot open: %s", strerror(errno));
	}
	return reading_finish(&reading);
}
