/* SPDX-License-Identifier: BSD-2-Clause */
/* Multicast datagrams into tunnels, RFC 7450 section 5.3.3.6. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Queues a copy for each endpoint that wants it. The bytes are changed (TTL, checksums), and must
 * stay until forward_flush(). */
void forward(uint8_t *bytes, size_t length, bool checksum_unfinished, int64_t now);
void forward_flush(void);
