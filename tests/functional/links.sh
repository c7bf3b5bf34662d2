#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Interfaces, addresses and routes change while channels flow: the LAN's address, MTU and MAC; the LAN goes down and up, is
# deleted and made again; what its driver takes; the WAN's address; the default route moves to another WAN and back. There
# is no restart, and each change has its line in the log.
. "$(dirname "$0")/lib.sh"
export LAB_SHAPE="two-wans"

S=192.0.2.10 G=232.1.1.1

of_lan() { # JQ: of what the map `lans` has of lan0
    in_node ingest bpftool -j map dump pinned /sys/fs/bpf/mcingest/lans |
        jq -r "[.[].formatted.value | select(.interface == \"lan0\") | $1][0]"
}
lan_mtu_is() { [[ $(of_lan .mtu) == "$1" ]]; }
packets() { channel $S $G .packets; }
flows() { # on: more than a moment ago, and the receiver has them
    local before
    before=$(received)
    sleep 0.3
    (($(received) > before + 10))
}
received() { in_node receiver cat /sys/class/net/eth0/statistics/rx_packets; }
frr_has() { in_node access vtysh -c 'show ip pim neighbor' | grep -q "^ *up0 .*$1 "; }
frr_lacks() { ! frr_has "$1"; }
frr_joins_by() { in_node access vtysh -c 'show ip pim rpf' | grep -Eq "^ *$S +$G +up0 +$1 "; }
# Where routes and neighbors change at once, pimd may stay with what it had: the route is set anew.
frr_turns_to() {
    frr_joins_by "$1" && return
    in_node access ip route del default
    lan_route "$1"
    sleep 0.5
    frr_joins_by "$1"
}
local_is() { [[ $(api tunnels '.tunnels[0].local') == "$1" ]]; }
wans() { api status '[.interfaces[] | select(.role == "upstream") | .name] | join(" ")'; }
follows() { # WHAT ADDRESS WAN: a route that has changed
    until_true "$1: the tunnel leaves from $2" local_is "$2"
    until_true "$1: data flows" flows
    is "$1: the tunnel has followed the route, and so have the programs" "$(wans)" "$3"
}
mode_is() { [[ $(interface "$1" "$2" mode) == "$3" ]]; }
lan_route() { in_node access ip route replace default via "$1"; }

lab_up
relay_up
in_node ingest ip route del 203.0.113.16 via 100.64.8.1
in_node ingest ip route del 2001:db8:15::16 via 2001:db8:2::1
in_node access ethtool -K up0 gro on # lan0 takes frames from XDP then
mcingestd_in auto
is "XDP on the WAN" "$(interface wan0 upstream mode)" xdp
receiver_up viewer $S $G --seconds 600
spawn sender source "$PEERS/source" --interface eth0 --source $S --group $G --rate 200 --count 60000 --size 100
until_true "data flows" flows

# The LAN's MTU and MAC address
in_node ingest ip link set lan0 mtu 1400
until_true "the map has the new MTU" lan_mtu_is 1400
log_says "the MTU is in the map and in the log" mcingestd 'lan0 has another MTU: 1400, before 1500'
in_node ingest ip link set lan0 mtu 1500
until_true "the map has the old MTU" lan_mtu_is 1500
in_node ingest ip link set lan0 address 02:00:00:00:77:01
until_true "the map has the new MAC" eval '[[ $(of_lan ".mac | join(\" \")") == "0x2 0x0 0x0 0x0 0x77 0x1" || $(of_lan ".mac | join(\" \")") == "2 0 0 0 119 1" ]]'
log_says "the MAC address is in the map and in the log" mcingestd 'lan0 has another MAC address: 02:00:00:00:77:01'
until_true "data flows on" flows
ok "data flows on" true

# What the LAN's driver takes: a veth sends what XDP redirects to it where its peer has GRO
in_node access ethtool -K up0 gro off
until_true "the LAN takes no frames from XDP: TC" mode_is wan0 upstream tc
until_true "by TC, data flows" flows
in_node access ethtool -K up0 gro on
until_true "it takes them again: XDP" mode_is wan0 upstream xdp
before=$(xdp_redirected wan0)
until_true "XDP sends to the LAN again" eval '(($(xdp_redirected wan0) > before + 100))'
log_says "what the LAN's driver takes is followed" mcingestd 'wan0: .* taken by tc .lan0 takes no frames from XDP'

# A second address, then another first one
in_node ingest ip addr add 10.0.7.1/24 dev lan0
until_true "FRR hears of a secondary address" eval 'in_node access vtysh -c "show ip pim secondary" | grep -q 10.0.7.1'
ok "a secondary address goes out in the Address List" true
in_node ingest ip addr del 10.0.0.1/24 dev lan0
in_node ingest ip addr add 10.0.0.9/24 dev lan0
in_node ingest ip addr del 10.0.7.1/24 dev lan0
lan_route 10.0.0.9
until_true "FRR has the new neighbor" frr_has 10.0.0.9
until_true "and joins by it" frr_turns_to 10.0.0.9
until_true "and not the old one, which said goodbye" frr_lacks 10.0.0.1
ok "FRR: a neighbor with the new address in place of the old one's" true
until_true "data flows" flows
is "the channel has been one all the time" "$(grep -c "($S,$G) closed" "$WORK/mcingestd.log")" 0
in_node ingest ip addr del 10.0.0.9/24 dev lan0
in_node ingest ip addr add 10.0.0.1/24 dev lan0
lan_route 10.0.0.1
until_true "FRR has the old neighbor again" frr_knows_us
until_true "and joins by it" frr_turns_to 10.0.0.1

# No address of the family at all
in_node ingest ip addr del 10.0.0.1/24 dev lan0
until_true "without an IPv4 address the channel ends" no_channels
ok "without an IPv4 address, joins of the family end" true
in_node ingest ip addr add 10.0.0.1/24 dev lan0
until_true "FRR joins by the address that is there again" frr_turns_to 10.0.0.1
until_true "data flows with the address there again" flows
ok "with an address, PIM starts" true

# Down and up
in_node ingest ip link set lan0 down
until_true "the LAN down: the channel ends" no_channels
log_says "a LAN that is down has no joins" mcingestd 'lan0 is down'
in_node ingest ip link set lan0 up
in_node ingest ip -6 addr replace 2001:db8:a::1/64 dev lan0
until_true "the LAN up: data flows" flows
ok "up again, it is served" channel_is $S $G receiving

# Deleted, and made again
old=$(in_node ingest cat /sys/class/net/lan0/ifindex)
in_node ingest ip link del lan0
until_true "the LAN gone: the channel ends" no_channels
until_true "status shows it" mode_is lan0 downstream null
log_says "a LAN that is gone is logged" mcingestd 'lan0 is gone'
in_node ingest ip link add other type veth # takes an ifindex
ip -n "$LAB-ingest" link add made type veth peer name up0 netns "$LAB-access"
in_node ingest ip link set made name lan0
in_node access ip addr add 10.0.0.2/24 dev up0
in_node access ip link set up0 up
in_node ingest ip addr add 10.0.0.1/24 dev lan0
in_node ingest ip link set lan0 up
lan_route 10.0.0.1
until_true "status shows it again" mode_is lan0 downstream tc
in_node access ethtool -K up0 gro on
is "with another ifindex" "$(($(in_node ingest cat /sys/class/net/lan0/ifindex) != old))" 1
until_true "a LAN made again: FRR is a neighbor" frr_knows_us
until_true "a LAN made again: data flows" flows
ok "made again, it is served" channel_is $S $G receiving
before=$(xdp_redirected wan0)
until_true "XDP sends to the LAN made again" eval '(($(xdp_redirected wan0) > before + 100))'
ok "by XDP, as before" true

# The WAN's address
is "the tunnel leaves from wan0" "$(api tunnels '.tunnels[0].local')" 100.64.7.2
in_node ingest ip addr del 100.64.7.2/24 dev wan0
in_node ingest ip addr add 100.64.7.3/24 dev wan0
in_node ingest ip route add default via 100.64.7.1
until_true "the tunnel leaves from the new address" local_is 100.64.7.3
until_true "another WAN address: data flows" flows
log_says "the tunnel has followed the WAN's address" relay 'request from 100\.64\.7\.3'

# The default route by another WAN
is "one WAN so far" "$(wans)" wan0
in_node ingest ip route replace default via 100.64.8.1
in_node ingest ip -6 route replace default via 2001:db8:2::1
follows "another WAN" 100.64.8.2 wan1
ok "none is left on the WAN that is none any more" test -z "$(in_node ingest tc filter show dev wan0 ingress)"

# And back, by a nexthop object
in_node ingest ip nexthop add id 7 via 100.64.7.1 dev wan0
in_node ingest ip route replace default nhid 7
in_node ingest ip -6 route replace default via 2001:db8:1::1
follows "a nexthop object" 100.64.7.3 wan0

finish mcingestd
verdict $? "mcingestd ends well" || true
ok "and leaves nothing" test -z "$(in_node ingest tc filter show dev lan0 ingress)"
finished
