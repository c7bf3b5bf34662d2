#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Two boxes on one LAN are both joined to the relay, and the loser of the Assert is silent. The winner's packets stop, because its
# WAN is cut and nothing else: by `takeover` the loser forwards again, long before any Hello is missed. The winner's packets
# come back: it wins as before. Nothing goes round, and what was lost stays joined here while routers join the winner.
#
# BENCH=N: N times; the gaps in ms are a line of JSON on descriptor 3.
export LAB_BOXES=2
. "$(dirname "$0")/lib.sh"

S=192.0.2.10 G=232.1.1.1

all_know_all() {
    local router
    for router in access access2; do
        knows $router 10.0.0.1 && knows $router 10.0.0.4 || return 1
    done
}
assert_is() { # NODE STATE
    [[ $(box "$1" channels ".channels[] | select(.group == \"$G\") | .asserts | map(.state + \" \" + .winner) | join(\",\")") == "$2" ]]
}
watch() { # NAME INTERFACE OPTION...
    spawn "$1" receiver "$PEERS/receiver" --interface "$2" --source $S --group $G "${@:3}"
    until_true "$1 has data" logged "$1" '^first packet'
}
taken_over() { grep -c 'sends no packets; taken over' "$WORK/ingest.log"; }
settled() { assert_is ingest "loser 10.0.0.4" && assert_is ingest2 "winner 10.0.0.4"; }

lab_up
relay_up
box_up ingest '[lan]' 'takeover = 100ms'
box_up ingest2 '[lan]' 'takeover = 100ms'
in_node access ip route replace default via 10.0.0.1
in_node access2 ip route replace default via 10.0.0.4
until_true "all know each other" all_know_all
spawn sender source "$PEERS/source" --interface eth0 --source $S --group $G --rate 1000 --count 600000 --size 200
watch one eth0 --seconds 600
watch two eth1 --seconds 600
until_true "the first box loses" settled
ok "one box wins the Assert, the other one is silent" true

for ((round = 1; round <= ${BENCH:-1}; round++)); do
    watch during eth1 --seconds 600
    in_node core ip link set box2 down # the winner's way to its relay; its LAN and its daemon are well
    until_true "the loser takes over" eval "((\$(taken_over) >= $round))"
    in_node core ip link set box2 up
    until_true "the winner is back" settled
    finish during
    gap=$(summary during gap_ms)
    [[ ! ${BENCH-} ]] || echo "$gap" >>"$WORK/gaps"
    ok "the winner has no packets: the loser takes over (gap $gap ms)" true
    ok "the winner's packets are back: it wins ($(summary during duplicates) packets came twice)" true
done
if [[ ${BENCH-} ]]; then
    jq -cs 'sort | {times: length, gap_ms: .[length / 2 | floor], worst_ms: .[-1]}' "$WORK/gaps" >&3
    finished
    exit
fi
watch later eth0 --count 300 --timeout 120
finish later none
is "then no packet comes twice, and none is missing" "$(summary later duplicates) $(summary later missing)" "0 0"
finish one INT
finish two INT
finished
