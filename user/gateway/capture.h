/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes IP packets into a file for Wireshark and tcpdump, by libpcap. */
#pragma once

#include "base/cursor.h"

struct capture;

/* Returns NULL with a sentence in `error`, which has `size` bytes. */
struct capture *capture_open(const char *path, char *error, size_t size);
void capture_write(struct capture *capture, struct cursor packet);
/* Returns false if the file could not be written. NULL is allowed. */
bool capture_close(struct capture *capture);
