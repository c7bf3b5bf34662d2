/* SPDX-License-Identifier: BSD-2-Clause */
/* What a driver can do with XDP. Linux 6.3 and later tell it by the generic netlink family "netdev"
 * (Documentation/netlink/specs/netdev.yaml). For older kernels only the kinds of virtual interfaces
 * that can do nothing with XDP are known. */
#pragma once

#include <stdint.h>

/* Bits of the kernel's enum netdev_xdp_act. */
#define FEATURES_NDO_XMIT    0x04 /* sends frames that XDP redirects to it */
#define FEATURES_NDO_XMIT_SG 0x40 /* the same for frames in several buffers */

/* Returns 0, or a negative errno if the kernel does not tell. */
int features_get(unsigned ifindex, uint64_t *features);
