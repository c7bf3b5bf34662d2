#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# WAN frames that differ from what a relay sends. Priority tags (VLAN 0) are removed by the programs. GRO, which would merge
# packets, is switched off while we run; packets that a sender has merged are forwarded by the daemon, and so are those
# that an ifb has taken past our filter. `status` says how many took the slow path, and why.
. "$(dirname "$0")/lib.sh"
export LAB_DELAY_MS=0 # a bare veth: what carries frames across a delay would take them apart
S=192.0.2.10 G=232.1.1.1 SAMPLE=tests/samples/amt-6-data-v4.pcap
TAGS=(81000000 8100e000 88a80000)

packets() { channel $S $G '"\(.packets) \(.slow_packets)"'; }
packets_are() { [[ $(packets) == "$1" ]]; }
slow() { api status ".slow_path.$1"; }
in_front_is() { [[ $(interface wan0 upstream in_front) == "$1" ]]; }
feature() { in_node ingest ethtool -k wan0 | sed -n "s/^$1: //p"; }
shown() { in_node ingest "$BUILD/mcingest" status | grep -A 9 '^Slow path'; }
joined() { # MODE: a daemon of that mode, its channel, and where its tunnel ends
    mcingestd_in "$1"
    receiver_up "holder$1" $S $G --seconds 600
    until_true "joined" channel_is $S $G joined
    port=$(api tunnels '.tunnels[] | select(.relay == "203.0.113.15") | .local_port')
}
inject() { # CHANGES: the sample's frame, from the relay to the tunnel
    in_node core "$PEERS/inject" ingest0 $SAMPLE "0=${mac//:/}" 30=64400702 "36=$(printf %04x "$port")" mend "$@"
}
put_together() { # COUNT TIMES RATE
    in_node core "$PEERS/segments" 203.0.113.15 100.64.7.2 "$port" $SAMPLE "$@"
}
no_drops() { api counters '.drops | with_entries(select(.value > 0)) | tojson'; }

lab_up
relay_up
mac=$(in_node ingest cat /sys/class/net/wan0/address)
in_node access ethtool -K up0 gro on # lan0 takes frames from XDP, then

# Priority tags, by either program; a VLAN's frames are none of wan0's. As many at once as any queue takes.
for mode in tc xdp; do
    joined $mode
    is "$mode: it is" "$(interface wan0 upstream mode)" $mode
    redirected=$(xdp_redirected wan0)
    accounts_open
    inject tag=81000005 times=10
    sent=0
    for tag in "${TAGS[@]}"; do
        inject "tag=$tag" times=100
        sent=$((sent + 100))
        until_true "$mode: forwarded with $tag" packets_are "$sent 0"
    done
    inject times=100
    until_true "$mode: forwarded without a tag" packets_are "400 0"
    is "$mode: all by the program, none of a VLAN" "$(packets) $(no_drops)" "400 0 {}"
    accounts_close "$mode: every frame has its place" wan
    is "$mode: by XDP or not" $(($(xdp_redirected wan0) - redirected)) "$([[ $mode == tc ]] && echo 0 || echo 400)"
    finish "holder$mode"
    finish mcingestd
done
spawn tags access tcpdump -i up0 --immediate-mode -U -w "$WORK/tags.pcap" vlan
joined tc
until_true "tcpdump listens" logged tags 'listening on'
inject "tag=81000000" times=100
until_true "they are forwarded" packets_are "100 0"
finish tags
is "no tag is left on the LAN" "$(tcpdump -r "$WORK/tags.pcap" -n 2>/dev/null | wc -l)" 0

# What a sender has put together
is "nothing has taken the slow path" "$(slow packets) $(shown)" "0 "
for ((round = 1; round <= 10; round++)); do
    put_together 40 25 30000
    until_true "aggregates of 40 are forwarded" packets_are "$((100 + 1000 * round)) $((1000 * round))"
done
is "all of them by the daemon, and why" "$(slow packets) $(slow aggregates) $(slow unseen) $(no_drops)" "10000 10000 0 {}"
like "status says so" "$(shown)" '10000 in all.* 10000 aggregates made by UDP GRO or GSO.*rx-udp-gro-forwarding off'

# What our filter does not see: none can stand in front of preference 1
in_node ingest ip link add ifb0 type ifb
in_node ingest ip link set ifb0 up
in_node ingest tc filter add dev wan0 ingress pref 1 protocol ip u32 match u32 0 0 action mirred egress redirect dev ifb0
until_true "it stands in front" in_front_is "u32 at preference 1, which redirects to ifb0"
accounts_open
before=$(slow unseen)
inject times=100
until_true "packets of the ifb are forwarded" packets_are "10200 10100"
is "the program has not seen them" "$before $(slow unseen) $(no_drops)" "0 100 {}"
accounts_close "they have their place all the same" wan
like "status says so" "$(shown)" ' 100 not seen by our filter: u32 at preference 1, which redirects to ifb0 stands in front of it on wan0'
in_node ingest tc filter del dev wan0 ingress pref 1
finish holdertc
finish mcingestd

# What GRO would put together
in_node ingest ethtool -K wan0 gro on rx-udp-gro-forwarding on rx-gro-list on
mcingestd_in tc
is "both are off" "$(feature rx-udp-gro-forwarding) $(feature rx-gro-list)" "off off"
ok "and the log says so" logged mcingestd 'wan0: rx-udp-gro-forwarding is switched off while tunnels arrive here'
carries "a burst" $S $G 5000 1300
finish mcingestd KILL
is "off, for a killed daemon" "$(feature rx-udp-gro-forwarding) $(feature rx-gro-list)" "off off"
mcingestd_in tc
finish mcingestd
is "on again after its successor" "$(feature rx-udp-gro-forwarding) $(feature rx-gro-list)" "on on"
ok "and the log says so" logged mcingestd 'wan0: rx-gro-list is switched on again'
finished
