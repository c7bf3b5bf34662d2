/* SPDX-License-Identifier: BSD-2-Clause */
/* The messages of a router on one link: what it hears are Hellos, what it says are Hellos, and
 * Joins and Prunes to its upstream neighbor, many in a message. A message that cannot be sent,
 * while the link is down say, is lost. */
#pragma once

#include "../address.h"

#define JOINS_KEPT_MAX 64

struct channel {
	struct address source, group;
};

struct hello {
	struct address from;
	uint16_t holdtime; /* seconds; 0 is a goodbye */
	uint32_t generation;
};

struct joins {
	int fd, family;
	unsigned interface;
	uint32_t generation;
	struct address upstream;
	struct channel kept[JOINS_KEPT_MAX];
	unsigned kept_count;
	uint8_t message[1400];
	size_t length; /* 0 if the message has not been begun */
};

void joins_open(struct joins *joins, unsigned interface, int family);
/* A channel that is joined from the first Hello of the upstream neighbor on: "S,G". Those of the
 * other family are left to another router. */
void joins_keep(struct joins *joins, const char *text);
void joins_hello(const struct joins *joins, uint16_t holdtime);
/* Returns false if what has come is no Hello. */
bool joins_hear(const struct joins *joins, struct hello *hello);
void joins_add(struct joins *joins, const struct channel *channel, bool join);
void joins_flush(struct joins *joins);
