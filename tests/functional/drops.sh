#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# A channel says what was dropped of it and why (the operator's mistakes 57 and 58), and how it came to its state; channels
# are chosen, sorted and watched.
. "$(dirname "$0")/lib.sh"

S=192.0.2.10 G=232.1.1.1 G2=232.1.1.2 SLOW=232.1.1.3
CLI=$BUILD/mcingest
dropped() { [[ $(channel $S "$1" "\"\(.state) \(.dropped | tojson)\"") == "$2" ]]; } # GROUP TEXT
lan_mtu() { [[ $(api interfaces '.interfaces[] | select(.name == "lan0") | .mtu') == "$1" ]]; }
groups() { api "channels $1" '[.channels[].group] | join(" ")'; }                   # WORD...
shows() { # WORD...
    # shellcheck disable=SC2086 # words on purpose
    in_node ingest "$CLI" channels $1
}

for mode in tc xdp; do
    everything_up_in() { lab_up; [[ ${PIDS[relay]-} ]] || relay_up; mcingestd_in "$1"; }
    everything_up_in $mode
    receiver_up one $S $G --seconds 600
    receiver_up two $S $G2 --seconds 600
    until_true "joined" channel_is $S $G joined
    until_true "joined" channel_is $S $G2 joined

    send $S $G --rate 1000 --count 100 --size 100 --ttl 2 >/dev/null
    until_true "$mode: the TTL ran out" dropped $G 'joined {"ttl":100}'
    ok "$mode: packets whose TTL has run out are the channel's" true
    is "$mode: and the other channel has none" "$(channel $S $G2 '.dropped | tojson')" '{}'
    like "$mode: people see it in the channel's line" "$(shows $G)" " joined .*dropped: ttl 100"

    in_node ingest ip link set lan0 mtu 1300
    until_true "the LAN's MTU is known" lan_mtu 1300
    send $S $G2 --rate 1000 --count 500 --size 1400 >/dev/null
    until_true "$mode: too long" dropped $G2 'joined {"exceeds_mtu":500}'
    ok "$mode: packets that are too long for the LAN are the channel's" true
    is "$mode: the last drop has its reason" "$(channel $S $G2 .last_drop.reason)" exceeds_mtu
    is "$mode: and their sizes" "$(channel $S $G2 '.drop_sizes | tojson')" '{"exceeds_mtu":{"shortest":1428,"longest":1428}}'
    in_node ingest ip link set lan0 mtu 1500
    finish one
    finish two
    finish mcingestd
done

# The slow path drops, too: an outer fragment of a packet that is too long
finished
