#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# mcingest doctor and the data of channels: silence, a channel that has failed, a TTL of 1, packets that are too long, the
# slow path.
. "$(dirname "$0")/lib.sh"

S=192.0.2.10 G=232.1.1.1

everything_up
receiver_up viewer $S $G --seconds 600
receiver_up unknown 192.0.2.20 $G --seconds 600
until_true "joined" channel_is $S $G joined
until_true "failed" channel_is 192.0.2.20 $G failed
no_data_yet() { [[ $(channel $S $G .reason) == "no data yet"* ]]; }
until_true "without data, it says so" no_data_yet
doctor $S $G
finds "no data" fail state 'relay 203.0.113.15 serves it, but sends no data -> is S sending, with a TTL above 1'
doctor
finds "no data, in general" warn channels "\\($S, $G\\) has no data yet"
finds "a channel that has failed" fail channels '\(192.0.2.20, 232.1.1.1\) has failed: no AMTRELAY record for the source -> mcingest doctor 192.0.2.20 232.1.1.1'
doctor 192.0.2.20 $G
finds "no record" fail lookup 'no AMTRELAY record for the source.*-> ask the sender to publish a relay'

dropped() { (($(api counters ".drops.$1") > ${2-0})); }
spawn short source "$PEERS/source" --interface eth0 --source $S --group $G --ttl 2 --rate 200 --count 60000 --size 100
until_true "TTL 1 is dropped" dropped ttl
doctor
finds "a TTL of 1" warn drops '[0-9]+ packets dropped while we looked: their TTL ends here, most of .192.0.2.10, 232.1.1.1., 128 bytes long -> raise the TTL at the source'
doctor $S $G
finds "a TTL of 1, one channel" fail state 'its packets, 128 bytes long, come, and are dropped: their TTL ends here -> raise the TTL at the source'
finish short
in_node ingest ip link set lan0 mtu 1300
spawn long source "$PEERS/source" --interface eth0 --source $S --group $G --rate 200 --count 60000 --size 1400
until_true "long ones are dropped" dropped exceeds_mtu
doctor
finds "packets longer than the LAN's MTU" warn drops "longer than the LAN's MTU and must not be fragmented, most of .$S, $G., 1428 bytes long -> a larger MTU on the LAN.*lan0 has 1300"
finish long
in_node ingest ip link set lan0 mtu 1500
spawn steady source "$PEERS/source" --interface eth0 --source $S --group $G --rate 200 --count 60000 --size 100
until_true "receiving" channel_is $S $G receiving
doctor
finds "drops of earlier are no warning" ok drops 'no packet was dropped while we looked; earlier: ttl [0-9]+, exceeds_mtu [0-9]+'
finish steady

# Tunnel packets in fragments
spawn large source "$PEERS/source" --interface eth0 --source $S --group $G --rate 200 --count 60000 --size 1472
slow() { [[ $(api status '.slow_path.packets_per_s > 0') == true ]]; }
until_true "packets take the slow path" slow
doctor
finds "the slow path" warn slow-path '[0-9]+ packets/s of [0-9]+ take the slow path, mostly fragments of tunnel packets -> an MTU of 1,600 bytes'
finish large
finished
