#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# An MTU of 9000 from source to receiver: packets of nearly that size arrive in one piece, by TC and by XDP, where a frame
# is in several buffers.
. "$(dirname "$0")/lib.sh"
export LAB_SHAPE="mtu=9000"

lab_up
in_node access ethtool -K up0 gro on # so that it takes frames from XDP
relay_up

mcingestd_in tc
carries "TC" 192.0.2.10 232.1.1.1 1000 8872
finish mcingestd

mcingestd_in auto
is "with an MTU of 9000, XDP" "$(interface wan0 upstream mode)" xdp
carries "XDP, several buffers" 192.0.2.10 232.1.1.1 1000 8872
carries "XDP, one buffer" 198.51.100.77 233.44.15.9 1000 100
ok "by XDP" test "$(xdp_redirected wan0)" -ge 2000
finish mcingestd
finished
