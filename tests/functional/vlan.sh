#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# WAN and LAN are VLAN interfaces: Joins come in tagged; data comes in with one tag and leaves with the other. VLAN interfaces
# have no XDP, so TC is used. Frames of other VLANs are ignored.
. "$(dirname "$0")/lib.sh"
needs_link vlan id 2
export LAB_SHAPE="vlan"
LAN=lan0.200

neighbors() { api neighbors '[.neighbors[] | select(.address == "10.0.0.2") | .interface] | join(" ")'; }

lab_up
relay_up
mcingestd_in auto
is "the WAN is the VLAN interface, by TC" "$(interface wan0.100 upstream mode)" tc
like "and it says why" "$(interface wan0.100 upstream why)" 'lan0.200'
spawn tags access tcpdump -i up0-trunk --immediate-mode -U -w "$WORK/tags.pcap" udp or vlan and udp
until_true "tcpdump listens" logged tags 'listening on'
carries "tagged" 192.0.2.10 232.1.1.1 1000 1300
finish tags
is "every packet has the LAN's tag, and no other" \
    "$(tcpdump -r "$WORK/tags.pcap" -e -n 'vlan and dst 232.1.1.1' 2>/dev/null | grep -o 'vlan [0-9]*' | sort | uniq -c | tr -s ' ')" \
    " 1000 vlan 200"
finish mcingestd

# The trunk as a LAN beside the VLAN: each hears its own.
mcingestd_in tc --downstream lan0 --upstream wan0.100 --upstream wan0
is "a tagged Hello is heard on its VLAN alone" "$(neighbors)" lan0.200
carries "beside the trunk" 192.0.2.10 232.1.1.1 1000 1300
finish mcingestd

# XDP on the trunk: it passes tagged frames on, and what is for the tagged LAN is not its to send.
mcingestd_in xdp --upstream wan0
like "a VLAN interface takes nothing from XDP" "$(interface wan0 upstream why)" \
    '^native; but lan0.200 takes no frames from XDP$'
finish mcingestd
like "a VLAN interface cannot have XDP, and says so" \
    "$(in_node ingest "$BUILD/mcingestd" --downstream $LAN --config "$WORK/xdp.conf" 2>&1)" \
    "cannot attach to wan0.100: driver refused XDP: .*'mode = auto' would take TC instead"
finished
