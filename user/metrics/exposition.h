/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes Prometheus's text format, version 0.0.4: families of samples, each family with its HELP
 * and TYPE. All samples of a family follow its head. */
#pragma once

#include "base/buffer.h"
#include "base/histogram.h"

#include <stddef.h>
#include <stdint.h>

#define EXPOSITION_TYPE "text/plain; version=0.0.4; charset=utf-8"

struct exposition {
	struct buffer text;
	const char *family;
};

enum exposition_kind { EXPOSITION_COUNTER, EXPOSITION_GAUGE, EXPOSITION_HISTOGRAM };

/* Begins a family. `name` and `help` are string constants. */
void exposition_family(struct exposition *out, const char *name, enum exposition_kind kind,
		       const char *help);

/* One sample of the family. What follows the value are its labels: a name, a text, and so on, and
 * NULL at the end. The texts may hold any bytes. */
void exposition_count(struct exposition *out, uint64_t value, ...) __attribute__((sentinel));
void exposition_value(struct exposition *out, double value, ...) __attribute__((sentinel));
/* Seconds, to the microsecond. */
void exposition_time(struct exposition *out, usec_t time, ...) __attribute__((sentinel));

/* The samples of one histogram, in seconds, with one label or none (NULL). */
void exposition_histogram(struct exposition *out, const struct histogram *histogram,
			  const char *label, const char *text);
