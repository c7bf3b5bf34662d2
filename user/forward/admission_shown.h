/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines and stopped channels, in words and for views. */
#pragma once

#include "forward/rated.h"

/* The interfaces on which the line stops a channel. */
uint32_t admission_interfaces(unsigned number);
/* The reason that the channel shows; a string constant. */
const char *admission_why(unsigned number, bool refused);
#define ADMISSION_LINE_TEXT 160
/* "all channels together bring 951.2 Mbit/s of 900.0" */
const char *admission_describe(const struct admission *rates, unsigned number,
			       char text[ADMISSION_LINE_TEXT]);

struct admission_line {
	enum admission_kind { ADMISSION_TOTAL, ADMISSION_LAN, ADMISSION_POLICY } kind;
	unsigned lan;                /* its number */
	const struct prefix *prefix; /* of the policy */
	const struct line *line;
	unsigned stopped; /* channels that wait for room on it */
};

/* The lines that have a limit, from `*next` on, which is moved; false behind the last one. */
bool admission_next_line(const struct forward *forward, unsigned *next,
			 struct admission_line *line);

/* "rate", "lan_rate" or "policy" */
const char *admission_limit_name(enum admission_kind kind);
#define PREFIX_TEXT (ADDR_TEXT + 4)
/* Writes the policy's prefix into `text` and returns it; NULL for other lines. */
const char *admission_prefix_format(const struct admission_line *line, char text[PREFIX_TEXT]);

struct admission_stop {
	int64_t bits;               /* what the channel brought; 0: that is not known */
	struct admission_line line; /* that has no room for it */
	usec_t since, back;         /* since when, and the earliest end */
};

/* Whether the channel is stopped, or refused, on a LAN or on all. */
bool admission_stopped(const struct channel *channel, struct admission_stop *stop);
