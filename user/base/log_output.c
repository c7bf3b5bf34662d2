/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/log_output.h"
#include "base/log_journal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define HELD_BYTES   (64 * LOG_LINE_MAX)
#define PREFIX_BYTES 64

/* How to write without waiting. O_NONBLOCK on stderr itself would affect all processes that share
 * it, the shell that started us for one. */
static enum {
	OUTPUT_UNKNOWN,
	OUTPUT_FILE,   /* writing never waits */
	OUTPUT_SOCKET, /* MSG_DONTWAIT */
	OUTPUT_OPENED, /* a pipe or a terminal, opened again with O_NONBLOCK */
	OUTPUT_ASKED,  /* it cannot be opened: poll() before each write */
} output;
static int output_fd = STDERR_FILENO;
static bool journal;

static char held[HELD_BYTES];
static size_t held_length;
static uint64_t lost, lost_told;

/* JOURNAL_STREAM may be inherited although stderr was redirected, so it counts only if it names
 * stderr's file (systemd.exec(5)). */
static bool is_journal(const struct stat *status)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;
	int length = 0;

	return stream && sscanf(stream, "%llu:%llu%n", &device, &inode, &length) == 2 &&
	       !stream[length] && device == status->st_dev && inode == status->st_ino;
}

static void find_output(void)
{
	struct stat status;

	output = OUTPUT_ASKED;
	if (fstat(STDERR_FILENO, &status))
		return;
	journal = is_journal(&status);
	if (S_ISREG(status.st_mode)) {
		output = OUTPUT_FILE;
	} else if (S_ISSOCK(status.st_mode)) {
		output = OUTPUT_SOCKET;
	} else {
		int opened = open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

		if (opened < 0)
			return;
		output = OUTPUT_OPENED;
		output_fd = opened;
	}
}

static ssize_t write_now(const char *text, size_t length)
{
	struct pollfd ready = {.fd = output_fd, .events = POLLOUT};

	if (output == OUTPUT_SOCKET)
		return send(output_fd, text, length, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (output == OUTPUT_ASKED && poll(&ready, 1, 0) == 0) {
		errno = EAGAIN;
		return -1;
	}
	return write(output_fd, text, length);
}

/* Writes whole lines, no more than PIPE_BUF: such a write is not mixed with those of other
 * processes, and a pipe that poll() has found writable takes all of it. */
static size_t length_of_next(void)
{
	size_t length = held_length < PIPE_BUF ? held_length : PIPE_BUF;
	const char *end = memrchr(held, '\n', length);

	return end ? (size_t)(end + 1 - held) : length;
}

static void lose_held(void)
{
	for (size_t i = 0; i < held_length; i++)
		lost += held[i] == '\n';
	held_length = 0;
}

static bool write_held(void)
{
	while (held_length) {
		ssize_t written = write_now(held, length_of_next());

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0 && errno == EAGAIN)
			return false;
		if (written < 0) {
			lose_held();
			return false;
		}
		held_length -= (size_t)written;
		memmove(held, held + written, held_length);
	}
	return true;
}

static const int priorities[] = {3, 4, 5, 7}; /* of syslog, by level */

static void format_prefix(enum log_level level, char text[PREFIX_BYTES])
{
	struct timespec now;
	struct tm local;
	char date[32];

	if (journal) {
		snprintf(text, PREFIX_BYTES, "<%d>", priorities[level]);
		return;
	}
	clock_gettime(CLOCK_REALTIME, &now);
	strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S", localtime_r(&now.tv_sec, &local));
	snprintf(text, PREFIX_BYTES, "%s.%03ld mcingestd: ", date, now.tv_nsec / 1000000);
}

static bool hold_line(enum log_level level, const char *line)
{
	char text[PREFIX_BYTES + LOG_LINE_MAX + 1];
	size_t length;

	format_prefix(level, text);
	length = strlen(text);
	length += snprintf(text + length, LOG_LINE_MAX, "%s", line);
	/* The text may come from outside. */
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			text[i] = '?';
	text[length++] = '\n';
	if (length > sizeof(held) - held_length)
		return false;
	memcpy(held + held_length, text, length);
	held_length += length;
	return true;
}

static void tell_lost(void)
{
	char line[LOG_LINE_MAX];

	if (lost == lost_told)
		return;
	snprintf(line, sizeof(line),
		 "%llu lines of this log are lost since the start: stderr was not read in "
		 "time",
		 (unsigned long long)lost);
	if (hold_line(LOG_LEVEL_WARNING, line))
		lost_told = lost;
}

void log_output_line(enum log_level level, const struct log_fields *fields, const char *line)
{
	if (output == OUTPUT_UNKNOWN)
		find_output();
	if (journal && fields && fields->message != LOG_PLAIN &&
	    log_journal_send(priorities[level], fields, line))
		return;
	if (sizeof(held) - held_length < PREFIX_BYTES + LOG_LINE_MAX)
		log_output_flush();
	if (!hold_line(level, line))
		lost++;
}

bool log_output_flush(void)
{
	if (!held_length)
		return true;
	if (write_held()) {
		tell_lost();
		write_held();
	}
	return !held_length;
}

uint64_t log_output_lost(void)
{
	return lost;
}
