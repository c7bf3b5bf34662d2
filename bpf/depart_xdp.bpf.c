// SPDX-License-Identifier: GPL-2.0-only
/* Runs on the egress of a LAN, for frames that ingest_xdp sends to several LANs at once: writes the
 * LAN's own source address. Each LAN has its own copy of this program. */
#include "vmlinux.h"

#include <bpf/bpf_helpers.h>

const volatile __u8 interface_mac[6] __attribute__((aligned(2)));

SEC("xdp.frags/devmap")
int depart_xdp(struct xdp_md *xdp)
{
	const volatile __u16 *mac = (const volatile __u16 *)interface_mac;
	__u16 *source = (void *)(long)xdp->data + 6;

	if ((void *)(source + 3) > (void *)(long)xdp->data_end)
		return XDP_DROP;
	source[0] = mac[0];
	source[1] = mac[1];
	source[2] = mac[2];
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
