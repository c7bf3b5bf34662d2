/* SPDX-License-Identifier: BSD-2-Clause */
/* A lookup of the relays of a source (DRIAD, RFC 8777): what was asked, and what came of it. */
#pragma once

#include "base/dns.h"
#include "driad/lookup.h"

#include <jansson.h>

/* One question that has just been answered. */
json_t *view_lookup_step(const struct driad_question *question, const struct dns_answer *answer);
/* The names of the ways in use, the most preferred first. */
json_t *view_ways(const struct driad_options *options);
/* The relays found, in the order in which they are tried. */
json_t *view_lookup_relays(const struct driad_lookup *lookup);
/* The whole lookup, which has ended; `dnssec` is the policy's name. `steps` stays the caller's. */
json_t *view_lookup(const struct driad_lookup *lookup, const char *dnssec, json_t *steps);
