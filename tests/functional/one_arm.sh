#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# One interface is WAN and LAN: Joins and data come in at the same hook, and data leaves once by the interface on which it
# came in, by TC and by XDP.
. "$(dirname "$0")/lib.sh"
export LAB_SHAPE="one-arm"
LAN=wan0

filters() { in_node ingest tc filter show dev wan0 ingress | grep -o '[a-z]*_tc' | sort -u | tr '\n' ' '; }

lab_up
in_node core ethtool -K port2 gro on # the switch's port to wan0: so that it takes frames from XDP
relay_up
for mode in tc xdp; do
    mcingestd_in $mode --upstream wan0
    is "$mode: each role has its mode" \
        "$(interface wan0 upstream mode) $(interface wan0 downstream mode)" "$mode tc"
    is "$mode: both programs" "$(filters)" "ingest_tc observe_tc "
    before=$(xdp_redirected wan0)
    carries "$mode" 192.0.2.10 232.1.1.1 1000 1300
    is "$mode: as many by XDP" $(($(xdp_redirected wan0) - before)) "$([[ $mode == xdp ]] && echo 1000 || echo 0)"
    finish mcingestd
    is "$mode: nothing is left there" "$(in_node ingest tc qdisc show dev wan0 clsact)$(xdp_programs wan0)" 0
done
finished
