/* SPDX-License-Identifier: BSD-2-Clause */
/* Replaces addresses in texts: each address has one name in all texts, so that what belongs
 * together can still be seen. */
#pragma once

struct mask;

struct mask *mask_new(void);
void mask_free(struct mask *mask); /* NULL is allowed */
/* Returns a copy, to be freed, in which IPv4 addresses are called ip4-N, IPv6 addresses ip6-N,
 * groups group4-N and group6-N, and MAC addresses mac-N. */
char *mask_text(struct mask *mask, const char *text);
