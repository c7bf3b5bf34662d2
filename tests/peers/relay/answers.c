/* SPDX-License-Identifier: BSD-2-Clause */
#include "answers.h"

#include "../clock.h"
#include "manners.h"
#include "relay.h"

#define LATE_MAX 256

/* The answers that wait, in the order in which they were made: a ring. */
static struct {
	struct path path;
	int64_t due;
	size_t length;
	uint8_t bytes[ANSWER_MAX];
} late[LATE_MAX];
static unsigned first, count;

static void send_late(const struct path *path, const void *bytes, size_t length)
{
	unsigned i = (first + count) % LATE_MAX;

	if (count == LATE_MAX || length > ANSWER_MAX) {
		report("answer to %s dropped: no room to keep it", address_text(&path->gateway));
		return;
	}
	late[i].path = *path;
	late[i].due = clock_ns() + manners.late * NS_PER_MS;
	late[i].length = length;
	memcpy(late[i].bytes, bytes, length);
	count++;
}

static void send_once(const struct path *path, const void *bytes, size_t length)
{
	if (manners.late)
		send_late(path, bytes, length);
	else
		path_send(path, bytes, length);
}

void answer_send(const struct path *path, const void *bytes, size_t length)
{
	static unsigned sent;

	if (manners_drop(&sent)) {
		event("answer to %s port %u dropped", address_text(&path->gateway), path->port);
		return;
	}
	for (int i = 0; i < (manners.twice ? 2 : 1); i++)
		send_once(path, bytes, length);
}

void answers_send_due(int64_t now)
{
	for (; count && late[first].due <= now; count--) {
		path_send(&late[first].path, late[first].bytes, late[first].length);
		first = (first + 1) % LATE_MAX;
	}
}

int answers_wait(int most)
{
	int64_t left = count ? (late[first].due - clock_ns()) / NS_PER_MS + 1 : most;

	if (left < 0)
		return 0;
	return left < most ? (int)left : most;
}
