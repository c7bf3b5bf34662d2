#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Hosts zap through the channels of one relay, several on one channel, by IGMPv3 and by MLDv2: each leaves a channel and joins
# the next one by one report, and gets its data; who stays on a channel that another host leaves keeps it. When all have
# left, no channel is left over, neither here nor at the relay.
. "$(dirname "$0")/lib.sh"

S=192.0.2.10 S6=2001:db8:5::10

relay_is_rid() { [[ $(grep -cE 'endpoint .* left its last channel' "$WORK/relay.log") -ge $1 ]]; }
zaps() { # FAMILY HOST SOURCE GROUP
    spawn "sender$1" source "$PEERS/source" --interface eth0 --source "$3" --group "$4" --groups 30 --rate 3000 --count 600000 --size 100
    spawn "zapper$1" access "$PEERS/zapper" --interface up0 --host "$2" --source "$3" --group "$4" --channels 30 --hosts 40 \
        --rate 40 --seconds 8 --patience $((PATIENCE * 1000))
    until_true "IPv$1: channels come" eval '(($(api channels ".channels | length") > 10))'
    finish "zapper$1" none
    zapped=$(jq -r '"\(.zaps) \(.answered + .overtaken) \(.lost)"' "$WORK/zapper$1.log")
    is "IPv$1: all zaps have data" "$zapped" "320 320 0"
    ok "IPv$1: by Queries, who stayed has kept his channel" test "$(jq .queries "$WORK/zapper$1.log")" -gt 0
    until_true "IPv$1: no channel is stuck" no_channels
    until_true "IPv$1: nor is one at the relay" relay_is_rid "$5"
    ok "IPv$1: no channel is left over, nor at the relay" true
    finish "sender$1"
}

lab_up
relay_up
mcingestd_up --igmp lan0
in_node access ip -6 addr add fe80::100/64 dev up0 nodad
zaps 4 10.0.0.100 $S 232.1.1.1 1
zaps 6 fe80::100 $S6 ff3e::8000:1 2
finish mcingestd
verdict $? "mcingestd ends well" || true
finished
