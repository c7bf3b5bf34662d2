#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# mcingest doctor and the LAN: routers that do not join, or join at another router, messages that do not leave, hosts that
# are not asked, an Assert that is lost.
. "$(dirname "$0")/lib.sh"

S=192.0.2.10 G=232.1.1.1

everything_up
doctor
healthy "a router without Joins is no failure"
finds "a router without Joins" warn joins 'lan0: a router is there, but no Join has come \(ipv4\) -> its route to the source must lead to our address'
doctor $S $G
finds "nobody has joined the channel" fail wanted 'no router has joined -> on router 10.0.0.2.*: `show ip rpf S` must name our address .*; there, a host must ask for G from S'
doctor $S 239.1.1.1
finds "outside the SSM range" fail wanted 'no router has joined: the group is in no SSM range by default -> FRR: `ip pim ssm prefix-list`'
doctor $S 224.0.0.55
finds "a group of the link" fail wanted 'such a channel is never served'

# Joins for another router, and hosts on a LAN that nobody asks
lan_hears pim-join-other-upstream-v4
for_others() { (($(api counters '[.pim[].for_other_router] | add') > 0)); }
until_true "a Join for another router is counted" for_others
doctor $S $G
finds "the router's next hop is another one" fail wanted 'no router has joined by us, but [0-9]+ Join/Prunes were addressed to another router -> on the routers: `show ip rpf S` must name our address'
receiver_up early $S 232.1.1.5 --seconds 600
until_true "another group is joined" channel_is $S 232.1.1.5 joined
doctor $S $G
finds "the router's route is right" fail wanted 'no router has joined; router 10.0.0.2 has joined other groups of S by us, so its route is right -> there, a host must ask'
finish early INT
spawn host access "$PEERS/receiver" --interface up0 --source $S --group $G --seconds 600
spawn host6 access "$PEERS/receiver" --interface up0 --source 2001:db8:5::10 --group ff3e::8000:1 --seconds 600
unasked() { (($(api interfaces '.interfaces[] | select(.name == "lan0" and .role == "downstream").unasked_reports') >= 2)); }
until_true "reports of hosts are counted" unasked
doctor
finds "Joins for another router" warn joins-lost 'lan0: [0-9]+ Join/Prunes were addressed to another router'
finds "hosts that are not asked" warn hosts-unasked 'lan0: [0-9]+ IGMP or MLD reports of hosts were not heeded -> igmp = lan0'
finish host
finish host6

# Another router wins the Assert
receiver_up viewer $S $G --seconds 600
until_true "joined" channel_is $S $G joined
spawn steady source "$PEERS/source" --interface eth0 --source $S --group $G --rate 100 --count 60000 --size 100
until_true "receiving" channel_is $S $G receiving
sum=$(od -An -tx1 -j$((40 + 24)) -N2 tests/samples/pim-assert-v4.pcap | tr -d ' ')
lan_hears pim-assert-v4 26=0a000002 "24=$(printf %04x $((0x$sum - 1)))"
lost() { [[ $(channel $S $G '.asserts[0].state') == loser ]]; }
until_true "the Assert is lost" lost
doctor
finds "a lost Assert" warn asserts "lan0 lost 1 Assert: 10.0.0.2 forwards \\($S, $G\\)"
doctor $S $G
finds "a lost Assert, one channel" warn asserts 'lan0 lost 1 Assert: 10.0.0.2 forwards'
finish steady
finish viewer

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
