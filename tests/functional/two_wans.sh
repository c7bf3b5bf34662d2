#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Two WANs, each with the route to one relay. A tunnel uses the route to its relay and the address there, and its data is
# taken from the WAN on which it arrives, by TC and by XDP.
. "$(dirname "$0")/lib.sh"
export LAB_SHAPE="two-wans"

local_of() { # RELAY: of the tunnel to it
    api tunnels ".tunnels[] | select(.relay == \"$1\") | .local"
}

both() { # MODE
    mcingestd_in "$1"
    is "$1: the WANs are those that routes leave by" \
        "$(api status '[.interfaces[] | select(.role == "upstream") | .name] | sort | join(" ")')" "wan0 wan1"
    carries "$1, wan0" 192.0.2.10 232.1.1.1 1000 1300
    is "$1: from the address there" "$(local_of "$(channel 192.0.2.10 232.1.1.1 .relay)")" 100.64.7.2
    carries "$1, wan1" 198.51.100.77 233.44.15.9 1000 1300
    like "$1: from the address there" "$(local_of "$(channel 198.51.100.77 233.44.15.9 .relay)")" \
        '^(100.64.8.2|2001:db8:2::2)$'
}

lab_up
in_node access ethtool -K up0 gro on
relay_up
both tc
finish mcingestd
both auto
is "auto: XDP on both" "$(interface wan0 upstream mode) $(interface wan1 upstream mode)" "xdp xdp"
for wan in wan0 wan1; do
    ok "auto: by XDP on $wan" test "$(xdp_redirected $wan)" -ge 1000
done
finish mcingestd
finished
