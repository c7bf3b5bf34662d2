/* SPDX-License-Identifier: BSD-2-Clause */
/* The files of user/share/page, as they were when the program was built. */
#pragma once

#include <stddef.h>

struct page_file {
	const char *path, *type;
	const char *begin, *end;
};

/* NULL if there is none. */
const struct page_file *files_find(const char *path);
