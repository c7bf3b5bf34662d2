#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# mcingest doctor and the LAN: routers that do not join, messages that do not leave, hosts that are not asked; and the data
# of channels that are joined: a TTL of 1, packets that are too long, silence.
. "$(dirname "$0")/lib.sh"

S=192.0.2.10 G=232.1.1.1

everything_up
doctor
healthy "a router without Joins is no failure"
finds "a router without Joins" warn joins 'lan0: a router is there, but no Join has come \(ipv4\) -> its route to the source must lead to our address'
doctor $S $G
finds "nobody has joined the channel" fail wanted 'no router has joined -> on the router: the route to S must lead to us'
doctor $S 239.1.1.1
finds "outside the SSM range" fail wanted 'no router has joined: the group is in no SSM range by default -> FRR: `ip pim ssm prefix-list`'
doctor $S 224.0.0.55
finds "a group of the link" fail wanted 'such a channel is never served'

receiver_up viewer $S $G --seconds 600
receiver_up unknown 192.0.2.20 $G --seconds 600

# Joins for another router, and hosts on a LAN that nobody asks
lan_hears pim-join-other-upstream-v4
for_others() { (($(api counters '[.pim[].for_other_router] | add') > 0)); }
until_true "a Join for another router is counted" for_others
spawn host access "$PEERS/receiver" --interface up0 --source $S --group $G --seconds 600
spawn host6 access "$PEERS/receiver" --interface up0 --source 2001:db8:5::10 --group ff3e::8000:1 --seconds 600
unasked() { (($(api interfaces '.interfaces[] | select(.name == "lan0" and .role == "downstream").unasked_reports') >= 2)); }
until_true "reports of hosts are counted" unasked
doctor
finds "Joins for another router" warn joins-lost 'lan0: [0-9]+ Join/Prunes were addressed to another router'
finds "hosts that are not asked" warn hosts-unasked 'lan0: [0-9]+ IGMP or MLD reports of hosts were not heeded -> igmp = lan0'
finish host
finish host6

# The data of a channel
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
finds "a TTL of 1" warn drops '[0-9]+ packets dropped while we looked: their TTL ends here -> raise the TTL at the source'
finish short
in_node ingest ip link set lan0 mtu 1300
spawn long source "$PEERS/source" --interface eth0 --source $S --group $G --rate 200 --count 60000 --size 1400
until_true "long ones are dropped" dropped exceeds_mtu
doctor
finds "packets longer than the LAN's MTU" warn drops "longer than the LAN's MTU and must not be fragmented -> a larger MTU on the LAN.*lan0 has 1300"
finish long
in_node ingest ip link set lan0 mtu 1500
spawn steady source "$PEERS/source" --interface eth0 --source $S --group $G --rate 200 --count 60000 --size 100
until_true "receiving" channel_is $S $G receiving
doctor
finds "drops of earlier are no warning" ok drops 'no packet was dropped while we looked; earlier: ttl [0-9]+, exceeds_mtu [0-9]+'
finish steady

# The router is in another subnet
in_node ingest ip addr flush dev lan0
in_node ingest ip addr add 10.9.9.1/24 dev lan0
until_true "FRR is in another subnet" in_node ingest sh -c "$BUILD/mcingest neighbors --json | jq -e '.neighbors[] | select(.address == \"10.0.0.2\").other_subnet'"
doctor
finds "a router in another subnet" fail routers 'lan0: router 10.0.0.2 is in no subnet of ours: no Joins come -> ip addr add'

# PIM does not leave
in_node ingest nft -f - <<'END'
table inet own {
    chain output {
        type filter hook output priority 0;
        meta l4proto pim drop
    }
}
END
finish mcingestd
mcingestd_up
log_says "PIM does not leave: the log says so" mcingestd 'pim: cannot send on lan0: a firewall of this host drops what we send'
doctor
finds "PIM does not leave" fail pim-sending 'PIM cannot send on lan0: Operation not permitted -> let IP protocol 103 out'
in_node ingest nft delete table inet own
finished
