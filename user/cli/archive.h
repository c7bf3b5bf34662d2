/* SPDX-License-Identifier: BSD-2-Clause */
/* A compressed archive of texts, by libarchive. */
#pragma once

#include <stdbool.h>

struct archive;

/* The file must not exist: it is ours alone to read. Returns NULL after one line on stderr. */
struct archive *archive_begin(const char *path);
/* False after one line on stderr. */
bool archive_add(struct archive *archive, const char *name, const char *text);
bool archive_finish(struct archive *archive);
