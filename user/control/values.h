/* SPDX-License-Identifier: BSD-2-Clause */
/* Values of the daemon's types as JSON, and members of an object. view_*() returns a new reference;
 * put_*() adds a member to `object`, behind those that are there. */
#pragma once

#include "base/addr.h"
#include "base/timers.h"

#include <jansson.h>

/* null if `addr` is NULL or of no family */
json_t *view_addr(const struct addr *addr);
json_t *view_addrs(const struct addr *addrs, unsigned count);
/* null if the value is not known */
json_t *view_if(bool known, json_int_t value);
/* seconds; null if the timer does not run */
json_t *view_seconds_left(const struct timers *timers, const struct timer *timer);
/* rounded to a tenth */
json_t *view_rate(double rate);
/* "reason: detail"; the reason alone if `detail` is NULL; null if `reason` is. */
json_t *view_reason(const char *reason, const char *detail);
/* A moment of CLOCK_MONOTONIC as UTC in whole seconds (RFC 3339); `now` is the present. */
json_t *view_time(usec_t moment, usec_t now);

/* Takes over the reference to `value`; NULL, which jansson returns for text that is not UTF-8, is
 * shown as null. */
void put(json_t *object, const char *key, json_t *value);
/* null if `text` is NULL */
void put_text(json_t *object, const char *key, const char *text);
void put_count(json_t *object, const char *key, uint64_t count);
void put_bool(json_t *object, const char *key, bool value);
void put_real(json_t *object, const char *key, double value);
void put_null(json_t *object, const char *key);
