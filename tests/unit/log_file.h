/* SPDX-License-Identifier: BSD-2-Clause */
/* Diverts the log to a file in memory. The log examines stderr once, before its first line, so this
 * must happen before. */
#pragma once

#include <criterion/criterion.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define LOG_FILE_MAX 65536

struct log_file {
	int fd, kept;
};

static inline struct log_file log_file_begin(void)
{
	struct log_file log = {.fd = memfd_create("log", 0), .kept = dup(STDERR_FILENO)};

	cr_assert(log.fd >= 0 && log.kept >= 0 && dup2(log.fd, STDERR_FILENO) == STDERR_FILENO);
	return log;
}

/* Returns the text, to be freed, and restores stderr. */
static inline char *log_file_end(struct log_file *log)
{
	char *text = calloc(1, LOG_FILE_MAX);

	cr_assert_eq(dup2(log->kept, STDERR_FILENO), STDERR_FILENO);
	cr_assert_geq(pread(log->fd, text, LOG_FILE_MAX - 1, 0), 0);
	close(log->kept);
	close(log->fd);
	return text;
}
