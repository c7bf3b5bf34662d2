#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Messages with 250 channels: in one packet on a LAN with an MTU of 9000, and in fragments. FRR's own periodic Join, those of
# a neighbor over IPv4 and IPv6, the same where another daemon speaks PIM, and the reports of Linux hosts.
. "$(dirname "$0")/lib.sh"
export LAB_SHAPE="mtu=9000"

declare -A UPSTREAM=([4]=10.0.0.1 [6]=fe80::1) SOURCE=([4]=192.0.2.1 [6]=2001:db8:5::1) GROUP=([4]=232.9.9 [6]=ff3e::8000)
NEXT=0

joins() { # FAMILY: 250 sources of a group that is new
    G=${GROUP[$1]}$([[ $1 == 4 ]] && echo . || echo :)$((++NEXT))
    in_node access "$PEERS/neighbor" --interface up0 --upstream "${UPSTREAM[$1]}" --source "${SOURCE[$1]}" --sources 250 \
        --group "$G" --length 9000 >/dev/null
}
joined() { [[ $(api channels "[.channels[] | select(.group == \"$G\")] | length") == 250 ]]; }
all_come() { # WHAT
    local family
    for family in 4 6; do
        joins $family
        until_true "IPv$family, $1" joined
        ok "IPv$family, $1" true
    done
}

may_join() { # NODE: as many sources of a group
    in_node "$1" sysctl -qw net.ipv4.igmp_max_msf=1000 net.core.optmem_max=1000000
}
many() { # NAME NODE INTERFACE FAMILY SOURCES: of a group that is new
    G=${GROUP[$4]}$([[ $4 == 4 ]] && echo . || echo :)$((++NEXT))
    spawn "$1" "$2" "$PEERS/receiver" --interface "$3" --source "${SOURCE[$4]}" --sources "$5" --group "$G" --seconds 600
    until_true "a host joins" logged "$1" '^joined'
}
long_ones() { tshark -r "$WORK/frr.pcap" -Y "pim.type == 3 && ip.len > 1500" 2>/dev/null | wc -l; }
said_again() { (($(long_ones) >= 2)); }

lab_up
mcingestd_up
may_join receiver
may_join access
in_node access ip link set up0 mtu 9000
in_node access vtysh -c 'conf t' -c 'ip pim join-prune-interval 5'
spawn capture ingest tcpdump -i lan0 --immediate-mode -U -w "$WORK/frr.pcap" "src host 10.0.0.2 and ip proto 103"
until_true "a capture" logged capture 'listening on'
many host receiver eth0 4 250
until_true "FRR joins 250 sources of a host" joined
until_true "FRR says it again, in a packet of more than 1,500 bytes" said_again
is "FRR's own periodic Join keeps them" "$(joined && api counters '[.refused.pim[]] | add')" 0
finish host
until_true "they end with the host" no_channels
finish mcingestd
verdict $? "mcingestd ends well" || true
kill -TERM "$(<"/run/mcingest-lab/$LAB/pid/pimd")" # FRR's: `neighbor` has its address
link_local_up
for mode in speaks observes; do
    options=()
    [[ $mode == speaks ]] || options=(--observe lan0)
    mcingestd_up "${options[@]}"
    in_node access ip link set up0 mtu 9000
    all_come "$mode: 250 channels in one packet"
    in_node access ip link set up0 mtu 1500
    all_come "$mode: 250 channels in fragments"
    is "$mode: nothing was refused" "$(api counters '[.refused.pim[]] | add')" 0
    finish mcingestd
    verdict $? "$mode: mcingestd ends well" || true
done

# Linux cuts no report: on an interface of MTU 9000 it is one packet. Of IPv6 a host may have 64 sources of a group,
# so that here the answer to the first Query is long.
one_long() { (($(tshark -r "$WORK/reports.pcap" -Y "$1" 2>/dev/null | wc -l) >= 1)) && echo true; }
of_hosts() { [[ $(api channels '.channels | length') == "$1" ]]; }
in_node access ip link set up0 mtu 9000
in_node access ip addr add fe80::2/64 dev up0 nodad
many host4 access up0 4 250
for n in 1 2 3 4; do
    many "host6$n" access up0 6 60
done
spawn reports ingest tcpdump -i lan0 --immediate-mode -U -w "$WORK/reports.pcap" "src host 10.0.0.2 and ip proto 2 or ip6 proto 0"
until_true "a capture of reports" logged reports 'listening on'
mcingestd_up --igmp lan0
until_true "reports of 250 sources by IGMP and of 240 by MLD" of_hosts 490
ok "reports of 250 sources by IGMP and of 240 by MLD" true
is "in packets of more than 1,000 and 1,500 bytes" "$(one_long "igmp.type == 0x22 && ip.len > 1000") $(one_long "icmpv6.type == 143 && ipv6.plen > 1500")" "true true"
for name in host4 host6{1..4}; do finish "$name"; done
until_true "they end with the hosts" no_channels
is "no report was refused" "$(api counters '[.refused.membership[]] | add')" 0
finish mcingestd
verdict $? "mcingestd ends well" || true
finished
