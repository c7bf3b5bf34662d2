/* SPDX-License-Identifier: BSD-2-Clause */
/* The answers' way out, as manners have it: dropped, twice, late. */
#pragma once

#include "listener.h"

#define ANSWER_MAX 128 /* bytes */

void answer_send(const struct path *path, const void *bytes, size_t length);

/* Those that have been late for long enough. */
void answers_send_due(int64_t now);

/* Milliseconds until the first of them, `most` at most. */
int answers_wait(int most);
