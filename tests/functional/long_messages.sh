#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Join/Prune messages of 250 channels, by IPv4 and IPv6: in one packet on a LAN of MTU 9000, and in
# fragments; the same where another daemon speaks PIM.
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

lab_up
kill -TERM "$(<"/run/mcingest-lab/$LAB/pid/pimd")" # FRR's: `neighbor` has its address
in_node ingest ip -6 addr flush dev lan0 scope link
in_node ingest ip -6 addr add fe80::1/64 dev lan0 nodad
for mode in speaks observes; do
    mcingestd_up $([[ $mode == speaks ]] || echo --observe lan0)
    in_node access ip link set up0 mtu 9000
    all_come "$mode: 250 channels in one packet"
    in_node access ip link set up0 mtu 1500
    all_come "$mode: 250 channels in fragments"
    is "$mode: nothing was refused" "$(api counters '[.refused.pim[]] | add')" 0
    finish mcingestd
    verdict $? "$mode: mcingestd ends well" || true
done
finished
