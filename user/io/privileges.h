/* SPDX-License-Identifier: BSD-2-Clause */
/* What this process may ask of the kernel (capabilities(7)). */
#pragma once

#include <stdbool.h>

/* The first of the capabilities that the daemon needs and this process does not have, as "cap_bpf";
 * the caller frees it. NULL if none is missing. */
char *privileges_missing(void);

/* Whether this process has the capabilities that the daemon needs. If not, the log names the first
 * one that is missing. */
bool privileges_suffice(void);

/* Gives up all other capabilities, so that nothing that this process executes gets them back. The
 * needed ones pass on to the binary when it is executed anew, whoever the user is. Call it before
 * the first thread starts. Returns 0 or a negative errno. */
int privileges_drop(void);
