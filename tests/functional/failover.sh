#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# A source with two relays. The one that serves dies under load, or falls silent, and the other takes over;
# what moves while both send loses nothing and comes once.
. "$(dirname "$0")/lib.sh"

S=192.0.2.45 G=232.1.1.1 ONE=203.0.113.15 TWO=203.0.113.16

relay_at() { # NAME ADDRESS [OPTION...]
    spawn "$1" relay "$PEERS/relay" --interface src0 --address "$2" "${@:3}"
    until_true 20 "$1 starts" logged "$1" 'listening on'
}
served_by() { [[ $(channel $S $G '"\(.relay) \(.state)"') == "$1 receiving" ]]; }
no_move() { [[ $(channel $S $G .move) == staying ]]; }

lab_up
relay_at one $ONE
relay_at two $TWO
mcingestd_up --debug
until_true 40 "FRR says Hello" neighbor_there
until_true 10 "FRR knows us" frr_knows_us
receiver_up viewer $S $G --seconds 120
until_true 20 "joined" channel_is $S $G joined
spawn sender source "$PEERS/source" --interface eth0 --source $S --group $G --rate 500 --count 60000 --size 100
until_true 20 "the first by precedence serves" served_by $ONE

sleep 3 # a steady flow, which is missed soon
finish one KILL
until_true 20 "the second takes over" served_by $TWO
ok "a relay that dies is followed by the next" true
is "the dead one is held down" "$(api tunnels '.held_down[].relay')" $ONE
like "for people: it is held down" "$(in_node ingest "$BUILD/mcingest" tunnels)" "HELD DOWN.*$ONE"
ok "and may be lifted" in_node ingest "$BUILD/mcingest" lift $ONE
is "then none is held down" "$(api tunnels '.held_down | length')" 0
finished
