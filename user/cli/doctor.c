/* SPDX-License-Identifier: BSD-2-Clause */
/* doctor: what is wrong with the box, or with one channel, and what to do about it. */
#include "doctor/doctor.h"
#include "cli/client.h"
#include "cli/show.h"
#include "doctor/views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define NAME_COLUMN 6  /* behind the verdict */
#define TEXT_COLUMN 21 /* behind the name of the check */
#define WIDTH_MIN   60
#define WIDTH_MAX   120

static json_t *ask(void *context, json_t *request, unsigned patience, char **why)
{
	return client_try(context, request, patience, why);
}

/* The terminal's width; 0 for a pipe, whose lines are not broken. */
static size_t line_width(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO))
		return 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || size.ws_col < WIDTH_MIN)
		return WIDTH_MIN;
	return size.ws_col < WIDTH_MAX ? size.ws_col : WIDTH_MAX;
}

/* Prints the text from `column` on, word by word; a line that is full goes on beneath, at
 * TEXT_COLUMN. Returns the column behind the text. */
static size_t print_words(const char *text, size_t column, size_t width)
{
	for (; *text; text += strspn(text, " ")) {
		size_t length = strcspn(text, " ");

		if (width && column > TEXT_COLUMN && column + 1 + length > width) {
			printf("\n%*s", TEXT_COLUMN, "");
			column = TEXT_COLUMN;
		} else if (column > TEXT_COLUMN) {
			putchar(' ');
			column++;
		}
		text_print(PLAIN, "%.*s", (int)length, text);
		column += length;
		text += length;
	}
	return column;
}

static void print_check(const json_t *check, size_t width)
{
	static const struct {
		const char *verdict, *word;
		enum colour colour;
	} verdicts[] = {{"ok", "ok", GREEN}, {"warn", "warn", YELLOW}, {"fail", "FAIL", RED}};
	const char *verdict = text_string(check, "verdict"), *cure = text_string(check, "cure");
	size_t column;

	for (size_t i = 0; i < COUNT_OF(verdicts); i++)
		if (!strcmp(verdicts[i].verdict, verdict))
			text_print(verdicts[i].colour, "%-*s", NAME_COLUMN, verdicts[i].word);
	text_print(PLAIN, "%-*s", TEXT_COLUMN - NAME_COLUMN, text_string(check, "check"));
	column = print_words(text_string(check, "what"), TEXT_COLUMN, width);
	if (json_is_string(json_object_get(check, "cure"))) {
		if (width && column + strlen("  ->  ") + strlen(cure) > width) {
			printf("\n%*s-> ", TEXT_COLUMN, "");
			column = TEXT_COLUMN + strlen("-> ");
		} else {
			fputs("  -> ", stdout);
			column += strlen("  -> ");
		}
		print_words(cure, column, width);
	}
	putchar('\n');
}

static void print_sum(const json_t *checks)
{
	unsigned failed = view_count(checks, "verdict", "fail"),
		 warned = view_count(checks, "verdict", "warn");

	if (failed)
		text_line(RED, "%u of %zu failed, %u with a warning", failed,
			  json_array_size(checks), warned);
	else if (warned)
		text_line(YELLOW, "Nothing has failed, %u of %zu with a warning", warned,
			  json_array_size(checks));
	else
		text_line(GREEN, "All is well");
}

static void print_all(const json_t *result)
{
	const json_t *checks = json_object_get(result, "checks"), *check;
	size_t width = line_width(), i;

	json_array_foreach (checks, i, check)
		print_check(check, width);
	putchar('\n');
	print_sum(checks);
}

static enum cli_status run(const struct cli *cli, const struct sg *channel)
{
	const struct doctor_options options = {.channel = channel,
					       .config = cli->config,
					       .instance = cli->instance,
					       .ask = ask,
					       .context = (void *)cli};
	json_t *result = doctor_run(&options);
	bool is_well = json_is_true(json_object_get(result, "ok"));

	if (cli->json)
		client_print_json(result);
	else
		print_all(result);
	json_decref(result);
	return is_well ? CLI_OK : CLI_FAILED;
}

enum cli_status command_doctor(const struct cli *cli)
{
	struct sg sg;

	if (!cli->argument_count)
		return run(cli, NULL);
	if (cli->argument_count == 2 && addr_parse(cli->arguments[0], &sg.source) &&
	    addr_parse(cli->arguments[1], &sg.group) && sg.source.family == sg.group.family &&
	    addr_is_multicast(&sg.group) && !addr_is_multicast(&sg.source))
		return run(cli, &sg);
	text_error("usage: mcingest doctor, or mcingest doctor SOURCE GROUP: two addresses of one "
		   "family");
	return CLI_USAGE;
}
