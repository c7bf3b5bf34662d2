/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the bench and its BPF programs agree on. */
#pragma once

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

#define MEDIA_CPUS    64
#define MEDIA_HEADERS 128 /* bytes of a frame that are written anew each time */

/* What the generator sends. */
struct media_load {
	__u64 headers[MEDIA_HEADERS / 8]; /* Ethernet to inner IP, channel 0 */
	__u32 source, group;              /* offsets of the words that tell channels apart */
	__u32 length;                     /* of the frame */
	__u32 channels;                   /* that it draws from */
	__u32 ifindex;                    /* that it sends into */
};
