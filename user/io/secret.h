/* SPDX-License-Identifier: BSD-2-Clause */
/* Random bytes in a file of the state folder: they survive restarts, reboots and upgrades. */
#pragma once

#include <stdint.h>

struct secret {
	uint8_t bytes[32];
};

/* Reads the folder's secret. Creates the secret, and the last part of the folder's path, if they do
 * not exist. Returns 0, or an errno if the secret cannot be stored: then it is valid for this
 * process only. */
int secret_open(const char *folder, struct secret *secret);
