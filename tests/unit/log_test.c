/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines that a peer can cause without end do not fill the log, and each is counted. A slow reader
 * of the log stops nobody. */
#include "base/log.h"
#include "base/log_output.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <regex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define CALLS     1000
#define LOG_BYTES (8 << 20)

static int reader;                    /* the end from which stderr is read */
static unsigned lines, told, missing; /* lines read; lines they stand for; lines reported as lost */
static char *text;

static void become_stderr(int fd)
{
	cr_assert_eq(dup2(fd, STDERR_FILENO), STDERR_FILENO);
	if (fd != reader)
		close(fd);
}

static void begin(void)
{
	text = calloc(1, LOG_BYTES);
	reader = memfd_create("log", 0);
	become_stderr(reader);
	lseek(reader, 0, SEEK_SET);
}

static void end(void)
{
	free(text);
}

TestSuite(log, .init = begin, .fini = end);

static void note_line(const char *line)
{
	const char *more = strstr(line, " (and ");
	unsigned others = 0;

	lines++;
	if (sscanf(line, "%*s %*s mcingestd: %u lines of this log are lost", &missing) == 1)
		return;
	cr_expect(strstr(line, "event"), "%s", line);
	if (more)
		cr_assert_eq(sscanf(more, " (and %u like it)", &others), 1, "%s", line);
	told += 1 + others;
}

/* Reads what has been written since the last call. */
static void read_text(void)
{
	size_t length = strlen(text);
	ssize_t got;

	fcntl(reader, F_SETFL, fcntl(reader, F_GETFL) | O_NONBLOCK);
	while ((got = read(reader, text + length, LOG_BYTES - 1 - length)) > 0)
		length += got;
	text[length] = '\0';
}

static void count_lines(void)
{
	char line[LOG_LINE_MAX + 64];

	lines = told = missing = 0;
	for (const char *at = text, *end; (end = strchr(at, '\n')); at = end + 1) {
		snprintf(line, sizeof(line), "%.*s", (int)(end - at), at);
		note_line(line);
	}
}

/* Reader and writer of a memfd share its position. */
static void read_log(void)
{
	lseek(reader, 0, SEEK_SET);
	read_text();
	count_lines();
}

Test(log, lines_beyond_the_limit_are_counted_in_one)
{
	time_t start = time(NULL);
	unsigned seconds;

	for (unsigned i = 0; i < CALLS; i++)
		log_notice("event %u", i);
	cr_expect_neq(log_catch_up(0), USEC_NEVER, "one is kept back");
	cr_expect_eq(log_catch_up(USEC_NEVER), USEC_NEVER);
	seconds = time(NULL) - start + 1;
	read_log();
	cr_expect_eq(told, CALLS);
	cr_expect_leq(lines, (seconds + 1) * 21);
}

/* The place that logs need not do anything for it. */
Test(log, each_level_has_a_limit)
{
	time_t start = time(NULL);

	log_set_level(LOG_LEVEL_DEBUG);
	for (unsigned i = 0; i < 100 * CALLS; i++) {
		log_error("event %u", i);
		log_warning("event %u", i);
		log_debug("event %u", i);
	}
	log_catch_up(USEC_NEVER);
	read_log();
	cr_expect_eq(told, 300 * CALLS);
	cr_expect_leq(lines, (time(NULL) - start + 2) * (21 + 2 + 1001));
}

Test(log, few_lines_are_written_as_they_come)
{
	for (unsigned i = 0; i < 5; i++)
		log_notice("event %u", i);
	cr_expect_eq(log_catch_up(0), USEC_NEVER);
	read_log();
	cr_expect_eq(lines, 5);
	cr_expect_eq(told, 5);
}

static const char *make(unsigned *made)
{
	++*made;
	return "event";
}

Test(log, what_is_not_shown_is_not_made)
{
	unsigned made = 0;

	for (unsigned i = 0; i < 5; i++)
		log_debug("%s", make(&made));
	cr_expect_eq(made, 0);
}

/* The beginning of a line */

static void expect_line(const char *pattern)
{
	regex_t regex;

	cr_assert_eq(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0);
	read_text();
	cr_expect_eq(regexec(&regex, text, 0, NULL, 0), 0, "%s", text);
	regfree(&regex);
}

static void set_journal(long long inode_more)
{
	struct stat status;
	char stream[64];

	cr_assert_eq(fstat(STDERR_FILENO, &status), 0);
	snprintf(stream, sizeof(stream), "%lu:%llu", (unsigned long)status.st_dev,
		 (unsigned long long)status.st_ino + inode_more);
	setenv("JOURNAL_STREAM", stream, 1);
}

Test(log, the_journal_gets_priorities)
{
	set_journal(0);
	log_error("event");
	log_warning("event");
	log_notice("event");
	lseek(reader, 0, SEEK_SET);
	expect_line("^<3>event\n<4>event\n<5>event\n$");
}

Test(log, another_stderr_than_the_journals_gets_date_and_name)
{
	set_journal(1);
	log_error("event");
	lseek(reader, 0, SEEK_SET);
	expect_line("^20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9:]{8}\\.[0-9]{3} mcingestd: event\n$");
}

Test(log, a_line_from_outside_stays_one_line)
{
	log_error("%s", "event\nevent \033[31m\177");
	lseek(reader, 0, SEEK_SET);
	expect_line("mcingestd: event\\?event \\?\\[31m\\?\n$");
}

/* The reader does not read. If writing waited, the test would not end. */

static void make_pipe(void)
{
	int ends[2];

	cr_assert_eq(pipe(ends), 0);
	reader = ends[0];
	become_stderr(ends[1]);
}

static void make_socket(int type)
{
	int ends[2];

	cr_assert_eq(socketpair(AF_UNIX, type, 0, ends), 0);
	reader = ends[0];
	become_stderr(ends[1]);
}

static void make_terminal(void)
{
	int terminal;

	reader = posix_openpt(O_RDWR | O_NOCTTY);
	cr_assert(reader >= 0 && grantpt(reader) == 0 && unlockpt(reader) == 0);
	terminal = open(ptsname(reader), O_RDWR | O_NOCTTY);
	cr_assert_geq(terminal, 0);
	become_stderr(terminal);
}

static void write_events(unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		log_output_line(LOG_LEVEL_NOTICE, NULL, "event");
		log_output_flush();
	}
}

/* All lines that are read are whole. The others are counted, in a line that follows when there is
 * room again. */
static void expect_lost_and_told(void)
{
	int flags = fcntl(STDERR_FILENO, F_GETFL);

	write_events(100 * CALLS);
	cr_expect_eq(fcntl(STDERR_FILENO, F_GETFL), flags, "others share it");
	cr_expect_gt(log_output_lost(), 0);
	cr_expect_lt(log_catch_up(0), USEC_NEVER, "it is tried again");
	do
		read_text();
	while (!log_output_flush());
	read_text();
	count_lines();
	cr_expect_eq(missing, log_output_lost());
	cr_expect_eq(told + missing, 100 * CALLS);
	write_events(1);
	read_text();
	count_lines();
	cr_expect_eq(told + missing, 100 * CALLS + 1, "and so it goes on");
	cr_expect_eq(log_catch_up(0), USEC_NEVER);
}

Test(log, a_full_pipe_holds_nobody_up)
{
	make_pipe();
	expect_lost_and_told();
}

Test(log, a_full_stream_socket_holds_nobody_up)
{
	make_socket(SOCK_STREAM);
	expect_lost_and_told();
}

Test(log, a_full_datagram_socket_holds_nobody_up)
{
	make_socket(SOCK_DGRAM);
	expect_lost_and_told();
}

Test(log, a_terminal_that_is_stopped_holds_nobody_up)
{
	make_terminal();
	expect_lost_and_told();
}

/* A pipe of another user cannot be opened again. */
Test(log, a_full_pipe_of_another_user_holds_nobody_up)
{
	make_pipe();
	cr_assert_eq(fchown(STDERR_FILENO, 1, 1), 0);
	cr_assert_eq(fchmod(STDERR_FILENO, 0), 0);
	cr_assert_eq(seteuid(65534), 0);
	expect_lost_and_told();
}

Test(log, a_reader_that_has_gone_loses_the_lines_and_no_more)
{
	make_pipe();
	signal(SIGPIPE, SIG_IGN);
	close(reader);
	write_events(5);
	cr_expect_eq(log_output_lost(), 5);
	cr_expect_eq(log_catch_up(0), USEC_NEVER, "nothing is left to be tried again");
}
