/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/log.h"
#include "config/settings.h"

#include <errno.h>
#include <ini.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static void write_place(FILE *out, const struct reading *reading)
{
	if (reading->file && reading->line)
		fprintf(out, "%s:%u: ", reading->file, reading->line);
	else if (reading->file)
		fprintf(out, "%s: ", reading->file);
	if (reading->key && reading->file)
		fprintf(out, "%s = %s: ", reading->key, reading->value);
	else if (reading->key)
		fprintf(out, "--%s %s: ", reading->key, reading->value);
}

bool reading_refuse(struct reading *reading, const char *format, ...)
{
	size_t size;
	FILE *out;
	va_list args;

	free(reading->complaint);
	out = open_memstream(&reading->complaint, &size);
	if (!out)
		abort();
	write_place(out, reading);
	va_start(args, format);
	vfprintf(out, format, args);
	va_end(args);
	fclose(out);
	return false;
}

bool reading_finish(struct reading *reading)
{
	bool fine = !reading->complaint;

	if (!fine)
		log_error("%s", reading->complaint);
	free(reading->complaint);
	free(reading->text);
	return fine;
}

/* A list starts anew with each source that gives it; what the file has given else stands once. */
bool reading_assign(struct reading *reading, const struct setting *setting, const char *value)
{
	uint64_t bit = UINT64_C(1) << (setting - settings);

	if (!(reading->seen & bit) && setting->take == take_list)
		setting_clear(reading->config, setting);
	if (reading->seen & bit && !setting_is_list(setting) && reading->file)
		return reading_refuse(reading, "'%s' is given twice", setting->key);
	reading->seen |= bit;
	return setting->take(reading, setting, value);
}

/* The file */

/* inih leaves out what does not fit its line, does not count lines, and joins indented lines to the
 * key above them: none of this may change what an operator meant. */
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
	start = reading->text + strspn(reading->text, CONFIG_BLANK);
	if (strlen(reading->text) != (size_t)length)
		reading_refuse(reading, "not a text file");
	else if (strlen(start) >= (size_t)size)
		reading_refuse(reading, "the line is longer than %d characters", size - 2);
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
			return reading_assign(reading, &settings[i], value);
	if (!*section)
		return reading_refuse(reading, "stands before the first [section]");
	if (!section_is_known(section))
		return reading_refuse(
			reading,
			"unknown section [%s]: expected [interfaces], [dns], [relays], "
			"[limits], [pim], [igmp], [tunnels], [channels], [dataplane], [control] "
			"or [log]",
			section);
	return reading_refuse(reading, "unknown key '%s' in [%s]", key, section);
}

/* inih says at its end only which line it could not read; a complaint about a later line may have
 * come of that one. */
static void read_stream(struct reading *reading)
{
	int bad_line = ini_parse_stream(read_line, reading, take_key, reading);

	reading->key = NULL;
	if (bad_line > 0 && (!reading->complaint || (unsigned)bad_line < reading->line)) {
		reading->line = (unsigned)bad_line;
		reading_refuse(reading, "expected [section], key = value, or a comment");
	}
	if (!reading->complaint && ferror(reading->stream)) {
		reading->line = 0;
		reading_refuse(reading, "cannot read: %s", strerror(errno));
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
		reading_refuse(&reading, "cannot open: %s", strerror(errno));
	}
	return reading_finish(&reading);
}
