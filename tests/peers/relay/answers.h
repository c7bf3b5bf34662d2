/* SPDX-License-Identifier: BSD-2-Clause */
/* Sends answers as the manners say: dropped, twice, or late. */
#pragma once

#include "listener.h"

#define ANSWER_MAX 128 /* bytes */

void answer_send(const struct path *path, const void *bytes, size_t length);

/* Sends the answers whose delay is over. */
void answers_send_due(int64_t now);

/* Milliseconds until the first of them is due, `most` at most. */
int answers_wait(int most);
