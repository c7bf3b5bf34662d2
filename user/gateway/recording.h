/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes IP packets into a file for Wireshark and tcpdump, by libpcap. */
#pragma once

#include "base/cursor.h"

struct recording;

/* Returns NULL with a sentence in `error`, which has `size` bytes. */
struct recording *recording_open(const char *path, char *error, size_t size);
void recording_write(struct recording *recording, struct cursor packet);
/* Returns false if the file could not be written. NULL is allowed. */
bool recording_close(struct recording *recording);
