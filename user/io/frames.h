/* SPDX-License-Identifier: BSD-2-Clause */
/* Puts Ethernet frames on any interface, and reads none. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#define FRAMES_MAC 6

struct frames;

/* NULL with errno set. */
struct frames *frames_open(void);
/* A frame from `source` to `destination` that carries header and payload, one behind the other. 0
 * or a negative errno (-EMSGSIZE: longer than the interface takes); it never blocks. */
int frames_send(struct frames *frames, unsigned ifindex, const uint8_t destination[FRAMES_MAC],
		const uint8_t source[FRAMES_MAC], uint16_t ethertype, struct iovec header,
		struct iovec payload);
void frames_close(struct frames *frames); /* NULL: nothing */
