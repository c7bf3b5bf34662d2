/* SPDX-License-Identifier: BSD-2-Clause */
/* What this process may ask of the kernel (capabilities(7)). */
#pragma once

/* The first capability that the daemon needs and that this process does not have, by its name
 * ("cap_bpf"); free it by free(). NULL if none is missing. */
char *privileges_missing(void);
