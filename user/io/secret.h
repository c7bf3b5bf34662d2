/* SPDX-License-Identifier: BSD-2-Clause */
/* Random bytes that stay the same over restarts, reboots and upgrades: a file in the state folder.
 */
#pragma once

#include <stdint.h>

struct secret {
	uint8_t bytes[32];
};

/* Reads the folder's secret, or makes one, and the last part of the folder's path, where they are
 * missing. Returns 0, or an errno: then nothing can be kept there, and the secret is good for this
 * process alone. */
int secret_open(const char *folder, struct secret *secret);
