#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# mcingest doctor on a box that works, without a daemon, and with interfaces and settings that do not fit: each mistake is
# made on purpose, and has its line.
. "$(dirname "$0")/lib.sh"

lab_up
relay_up

# No daemon, and a configuration of which nothing is right
ip -n "$LAB-ingest" link add bridge0 type bridge
ip -n "$LAB-ingest" link add nic1 type veth peer name nic2
ip -n "$LAB-ingest" link set nic1 master bridge0
ip -n "$LAB-ingest" link add trunk0 type veth peer name trunk1
VLANS=1 # where the kernel has them
ip -n "$LAB-ingest" link add link trunk0 name trunk0.7 type vlan id 7 2>/dev/null || VLANS=0
ip -n "$LAB-ingest" link add down0 type veth peer name down1
ip -n "$LAB-ingest" link add bare0 type veth peer name bare1
ip -n "$LAB-ingest" link set bare0 addrgenmode none up
cat >"$WORK/wrong.conf" <<'END'
[interfaces]
downstream = lan9 nic1 trunk0 down0 lo bare0
upstream = wan0
[tunnels]
source_address = 100.64.7.77
mark = 7
vrf = blue
[limits]
chanels = 5
END
doctor --config "$WORK/wrong.conf"
finds "no daemon" fail daemon 'no daemon answers on .*-> systemctl start mcingestd'
finds "a mistake in the file, with its line" fail configuration "wrong.conf:9: chanels = 5: unknown key .*did you mean channels"
finds "an interface that is not there" fail interfaces 'LAN lan9 does not exist -> .*there are: .*lan0'
finds "part of a bridge" fail interfaces 'nic1 is part of the bridge bridge0 -> downstream = bridge0'
((VLANS == 0)) || finds "what carries a VLAN" fail interfaces 'trunk0 has no address, and carries the VLAN trunk0.7'
finds "an interface that is down" fail interfaces 'down0 is down -> ip link set down0 up'
finds "no Ethernet" fail interfaces 'lo is no Ethernet'
finds "no carrier" fail interfaces 'bare0 is up, but has no carrier'
finds "a source address that is not ours" fail tunnels-path 'source_address 100.64.7.77 is not an address of this host'
finds "a mark without a rule" fail tunnels-path 'mark = 0x7, but no rule has this mark -> ip rule add'
finds "a VRF that is not there" fail tunnels-path 'vrf = blue, but there is no such interface'
ip -n "$LAB-ingest" link set bare1 up
doctor --config "$WORK/wrong.conf"
finds "no address" fail interfaces 'bare0 has no address to speak from -> ip addr add'
for link in bridge0 nic1 trunk0 down0 bare0; do
    ip -n "$LAB-ingest" link del $link
done

# Without a daemon, one channel: DNS names the relay, and the relay is asked
printf '[interfaces]\ndownstream = lan0\nupstream = wan0\n' >"$WORK/right.conf"
doctor --config "$WORK/right.conf" 192.0.2.10 232.1.1.1
finds "without a daemon: DNS is asked" ok resolvers '100.64.0.53 answers in [0-9]+ ms, by UDP and TCP'
finds "without a daemon: the relay is asked" ok relays '203.0.113.15 answers Discovery in [0-9]+ ms'

# LAN and WAN swapped, and the wrong WAN
spawn mcingestd ingest "$BUILD/mcingestd" --downstream wan0 --upstream lan0
log_says "swapped: the start says so" mcingestd 'LAN and WAN look swapped: the internet is reached by wan0'
doctor
finds "swapped" fail way-out 'LAN and WAN look swapped: the internet is reached by wan0, a LAN -> swap'
finish mcingestd

printf '[relays]\nwarm = 203.0.113.15\n[limits]\ntunnels = 1\n' >"$WORK/warm.conf"
mcingestd_up --upstream lan0 --config "$WORK/warm.conf"
log_says "another WAN: the start says so" mcingestd 'the internet is reached by wan0, which is not upstream'
doctor
finds "a limit that is reached" warn limits '1 of 1 tunnels -> raise `tunnels` under \[limits\]'
finds "another WAN" fail routes 'route to relay 203.0.113.15 leaves by wan0, which is no WAN -> route it by a WAN, or add wan0 to `upstream`'
finish mcingestd
in_node ingest ip route add unreachable 203.0.113.15
mcingestd_up --config "$WORK/warm.conf"
doctor
finds "no route" fail routes 'no route to relay 203.0.113.15 -> add a default route'
in_node ingest ip route del unreachable 203.0.113.15
finish mcingestd

# All is well, with a channel that receives
everything_up
receiver_up viewer 192.0.2.10 232.1.1.1 --seconds 600
until_true "joined" channel_is 192.0.2.10 232.1.1.1 joined
spawn steady source "$PEERS/source" --interface eth0 --source 192.0.2.10 --group 232.1.1.1 --rate 100 --count 60000 --size 100
until_true "receiving" channel_is 192.0.2.10 232.1.1.1 receiving
doctor
healthy "a box that works"
finds "the daemon" ok daemon 'mcingestd .*, pid [0-9]+, up since .*; command and programs are of the same version'
finds "its WAN's mode" ok programs 'wan0: TC, '
finds "its router" ok routers 'lan0: router 10.0.0.2'
finds "its channels" ok channels '1 of 1 channels receive data'
finds "its resolver" ok resolvers '100.64.0.53 answers in [0-9]+ ms, by UDP and TCP'
finds "its tunnels' routes" ok routes 'to 1 relay: by wan0'
is "keys of doctor --json" "$(jq -r 'keys | join(" ")' "$WORK/doctor.json")" "checks ok"
is "keys of a check" "$(jq -r '.checks[0] | keys | join(" ")' "$WORK/doctor.json")" "check cure hop verdict what"
doctor 192.0.2.10 232.1.1.1
healthy "a channel that receives"
finds "who wants it" ok wanted 'joined on lan0 by router 10.0.0.2'
finds "its data" ok state 'receiving from relay 203.0.113.15, [1-9][0-9]* packets while we looked'
like "for people" "$(in_node ingest "$BUILD/mcingest" doctor 192.0.2.10 232.1.1.1)" 'ok +state +receiving from relay .*All is well'
said=$(in_node ingest "$BUILD/mcingest" doctor 192.0.2.10 nonsense 2>&1)
is "no channel: status" $? 2
like "no channel: says so" "$said" 'SOURCE GROUP: two addresses of one family'

finish mcingestd KILL
doctor
finds "a killed daemon" fail daemon 'the daemon is gone, and the kernel forwards on .*-> systemctl start mcingestd'
mcingestd_up
noticed() { api interfaces '.interfaces[0].pim[0].generation_noticed'; }
is_told() { [[ $(noticed) != null ]]; }
until_true "it can be told whether FRR joins again" is_told
doctor
if [[ $(noticed) == true ]]; then
    finds "a router that heeds the Generation ID" ok generation-id 'lan0: routers joined again after our restart \(ipv4\)'
else # on a machine that is too busy for FRR
    finds "a router that is late" warn generation-id 'lan0: routers did not join again when our Generation ID changed \(ipv4\)'
fi

in_node ingest ip link set lan0 down
doctor
finds "the LAN is down" fail interfaces 'LAN lan0 is down -> ip link set lan0 up'
in_node ingest ip link set lan0 up
doctor --socket /tmp/elsewhere
finds "the daemon has another socket" fail daemon 'a daemon is at work, but no daemon answers on /tmp/elsewhere'
finished
