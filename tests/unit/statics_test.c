/* SPDX-License-Identifier: BSD-2-Clause */
/* Static channels: the lines of their file, and what is done when it has changed. */
#include "addresses.h"
#include "base/log.h"
#include "statics/statics.h"
#include "virtual_time.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Lines */

static const struct line_case {
	const char *text;
	enum joinfile_kind kind;
	const char *interface;
} line_cases[] = {
	{"192.0.2.10,232.1.1.1", JOINFILE_CHANNEL, ""},
	{"  192.0.2.10 ,\t232.1.1.1  # the news", JOINFILE_CHANNEL, ""},
	{"192.0.2.10,232.1.1.1 lan0", JOINFILE_CHANNEL, "lan0"},
	{"192.0.2.10,232.1.1.1\r", JOINFILE_CHANNEL, ""},
	{"2001:db8::1,ff3e::1", JOINFILE_CHANNEL, ""},
	{"", JOINFILE_NOTHING, ""},
	{"   ", JOINFILE_NOTHING, ""},
	{"# 192.0.2.10,232.1.1.1", JOINFILE_NOTHING, ""},
	{"192.0.2.10", JOINFILE_BAD, ""},
	{"192.0.2.10 232.1.1.1", JOINFILE_BAD, ""},
	{"192.0.2.10,192.0.2.11", JOINFILE_BAD, ""},
	{"232.1.1.1,192.0.2.10", JOINFILE_BAD, ""},
	{"192.0.2.10,ff3e::1", JOINFILE_BAD, ""},
	{"192.0.2.10,224.0.0.5", JOINFILE_BAD, ""},
	{"192.0.2.10,232.1.1.1 lan0 lan1", JOINFILE_BAD, ""},
	{"192.0.2.10,232.1.1.1 aninterfacewithalongname", JOINFILE_BAD, ""},
	{"192.0.2.10,232.1.1.1,232.1.1.2", JOINFILE_BAD, ""},
};

Test(joinfile, lines)
{
	for (size_t i = 0; i < sizeof(line_cases) / sizeof(line_cases[0]); i++) {
		const struct line_case *c = &line_cases[i];
		const char *at = c->text;
		struct joinfile_line line;

		cr_expect_eq(joinfile_read(&at, c->text + strlen(c->text), &line), c->kind, "'%s'",
			     c->text);
		if (c->kind == JOINFILE_CHANNEL)
			cr_expect_str_eq(line.interface, c->interface, "'%s'", c->text);
	}
}

Test(joinfile, a_line_of_any_length)
{
	char *text = malloc(100001);
	const char *at = text;
	struct joinfile_line line;

	memset(text, 'x', 100000);
	text[100000] = '\0';
	cr_expect_eq(joinfile_read(&at, text + 100000, &line), JOINFILE_BAD);
	cr_expect_eq(at, text + 100000);
	text[0] = '#';
	at = text;
	cr_expect_eq(joinfile_read(&at, text + 100000, &line), JOINFILE_NOTHING);
	free(text);
}

static struct joinfile_line line_of(const char *text)
{
	const char *at = text;
	struct joinfile_line line;

	cr_assert_eq(joinfile_read(&at, text + strlen(text), &line), JOINFILE_CHANNEL);
	return line;
}

Test(joinfile, changes_leave_other_lines_as_they_are)
{
	struct joinfile_line line = line_of("192.0.2.10,232.1.1.1");
	char *with = joinfile_with("# mine\nnonsense", &line), *without;

	cr_expect_str_eq(with, "# mine\nnonsense\n192.0.2.10,232.1.1.1\n");
	without = joinfile_without(with, &line);
	cr_expect_str_eq(without, "# mine\nnonsense\n");
	free(with);
	free(without);
	without =
		joinfile_without("192.0.2.10,232.1.1.1 lan0\n192.0.2.10 , 232.1.1.1 # news", &line);
	cr_expect_str_eq(without, "192.0.2.10,232.1.1.1 lan0\n", "that of one LAN is another one");
	free(without);
}

/* The channels */

static struct timers timers;
static struct statics statics;
static char path[64], did[512], *whole;
static unsigned wants, unwants, room;

static int lan_number(void *context, const char *name)
{
	(void)context;
	return strcmp(name, "lan0") == 0 ? 0 : strcmp(name, "lan1") == 0 ? 1 : -1;
}

static void note(const char *what, const struct sg *sg, unsigned lan)
{
	char text[SG_TEXT];

	if (strlen(did) < sizeof(did) - 128)
		sprintf(did + strlen(did), "%s%s%u ", what, sg_format(sg, text), lan);
}

static bool want(void *context, const struct sg *sg, unsigned lan)
{
	(void)context;
	wants++;
	if (!room)
		return false;
	room--;
	note("+", sg, lan);
	return true;
}

static void unwant(void *context, const struct sg *sg, unsigned lan)
{
	(void)context;
	unwants++;
	cr_expect_not(statics_has(&statics, sg, lan), "it is no longer wanted in the call");
	note("-", sg, lan);
}

static const struct statics_actions actions = {
	.lan_number = lan_number, .want = want, .unwant = unwant};

static void begin(void)
{
	snprintf(path, sizeof(path), "/tmp/statics_test.%d", getpid());
	unlink(path);
	wants = unwants = 0;
	room = UINT32_MAX;
	did[0] = '\0';
	statics = (struct statics){.timers = &timers,
				   .actions = &actions,
				   .path = path,
				   .lan_count = 2,
				   .limit = 20000};
	log_set_level(LOG_LEVEL_ERROR);
}

static void end(void)
{
	statics_free(&statics);
	timers_free(&timers);
	unlink(path);
	free(whole);
	whole = NULL;
}

TestSuite(statics, .init = begin, .fini = end);

static void write_file(const char *text)
{
	cr_assert_eq(joinfile_save(path, text), 0);
	statics_load(&statics);
	run_for(&timers, 0.1);
}

static void expect_did(const char *expected)
{
	cr_expect_str_eq(did, expected);
	did[0] = '\0';
}

Test(statics, no_file_is_an_empty_one)
{
	statics_load(&statics);
	run_for(&timers, 1);
	expect_did("");
}

Test(statics, what_is_new_in_the_file_and_what_is_gone)
{
	write_file("192.0.2.10,232.1.1.1\n192.0.2.10,232.1.1.2 lan1\nnonsense\n"
		   "192.0.2.10,232.1.1.3 lan7\n");
	expect_did("+(192.0.2.10,232.1.1.1)0 +(192.0.2.10,232.1.1.1)1 +(192.0.2.10,232.1.1.2)1 ");
	write_file("192.0.2.10,232.1.1.2 lan1\n192.0.2.10,232.1.1.1 lan1\n");
	expect_did("-(192.0.2.10,232.1.1.1)0 ");
	write_file("");
	expect_did("-(192.0.2.10,232.1.1.1)1 -(192.0.2.10,232.1.1.2)1 ");
	cr_expect_null(statics.by_sg);
}

Test(statics, a_channel_without_room_is_tried_again)
{
	room = 1;
	write_file("192.0.2.10,232.1.1.1 lan0\n192.0.2.10,232.1.1.2 lan0\n");
	expect_did("+(192.0.2.10,232.1.1.1)0 ");
	room = 1;
	run_for(&timers, 31);
	expect_did("+(192.0.2.10,232.1.1.2)0 ");
	run_for(&timers, 100);
	expect_did("");
}

Test(statics, join_and_leave_change_the_file)
{
	struct joinfile_line line = line_of("192.0.2.10,232.1.1.1 lan0");

	cr_expect_null(statics_join(&statics, &line));
	run_for(&timers, 0.1);
	expect_did("+(192.0.2.10,232.1.1.1)0 ");
	cr_expect_str_eq(statics_join(&statics, &line), "the channel is static already");
	whole = joinfile_load(path);
	cr_expect_str_eq(whole, "192.0.2.10,232.1.1.1 lan0\n");
	cr_expect_null(statics_leave(&statics, &line));
	run_for(&timers, 0.1);
	expect_did("-(192.0.2.10,232.1.1.1)0 ");
	cr_expect_str_eq(statics_leave(&statics, &line), "there is no such static channel");
}

Test(statics, a_file_that_cannot_be_read_changes_nothing)
{
	write_file("192.0.2.10,232.1.1.1 lan0\n");
	expect_did("+(192.0.2.10,232.1.1.1)0 ");
	unlink(path);
	cr_assert_eq(mkdir(path, 0700), 0);
	statics_load(&statics);
	run_for(&timers, 1);
	expect_did("");
	rmdir(path);
}

Test(statics, more_channels_than_the_limit_are_left_out)
{
	statics.limit = 2;
	write_file("192.0.2.10,232.1.1.1 lan0\n192.0.2.10,232.1.1.2 lan0\n192.0.2.10,232.1.1.3 "
		   "lan0\n");
	expect_did("+(192.0.2.10,232.1.1.1)0 +(192.0.2.10,232.1.1.2)0 ");
}

Test(statics, ten_thousand_lines_in_turns)
{
	char *text = malloc(10000 * 32), *at = text;

	for (unsigned i = 0; i < 10000; i++)
		at += sprintf(at, "192.0.2.%u,232.1.%u.%u lan0\n", 1 + i % 200, i / 250, i % 250);
	cr_assert_eq(joinfile_save(path, text), 0);
	statics_load(&statics);
	free(text);
	timers_run_one(&timers, timers.now);
	cr_expect_eq(wants, STATICS_TURN);
	run_for(&timers, 1);
	cr_expect_eq(wants, 10000);
	write_file("");
	cr_expect_eq(unwants, 10000);
}
