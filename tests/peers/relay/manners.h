/* SPDX-License-Identifier: BSD-2-Clause */
/* Bad manners on demand: words in a file, one a line, read at the start and again on SIGHUP. An
 * empty file is a relay that behaves.
 *
 *   mute    answers all, and sends no data */
#pragma once

#include <stdbool.h>

struct manners {
	bool mute;
};

extern struct manners manners;

/* A file that cannot be read, or a wrong word in it, ends the program. */
void manners_start(const char *file);

/* The same file; one that is wrong now is reported, and changes nothing. */
void manners_again(void);
