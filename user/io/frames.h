/* SPDX-License-Identifier: BSD-2-Clause */
/* Sends Ethernet frames on any interface; receives none. */
#pragma once

#include <stdint.h>
#include <sys/uio.h>

#define FRAMES_MAC 6

struct frames;

/* Returns NULL with errno set. */
struct frames *frames_open(void);
/* Sends a frame that carries `header` and then `payload`. `ethertype` is in host order. Never
 * blocks. Returns 0 or a negative errno; -EMSGSIZE if the frame is longer than the interface takes.
 */
int frames_send(struct frames *frames, unsigned ifindex, const uint8_t destination[FRAMES_MAC],
		const uint8_t source[FRAMES_MAC], uint16_t ethertype, struct iovec header,
		struct iovec payload);
void frames_close(struct frames *frames); /* NULL is allowed */
