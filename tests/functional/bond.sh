#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# WAN and LAN are bonds. When a link of either bond goes down and comes back, the channel keeps its state and its data
# keeps flowing, by TC and by native XDP on the bonds' links.
. "$(dirname "$0")/lib.sh"
needs_link bond

CHANNEL=(192.0.2.10 232.1.1.1)

served() { [[ $(channel "${CHANNEL[@]}" .state) =~ ^(joined|receiving)$ ]]; }
link_is() { [[ $(in_node ingest cat "/sys/class/net/$1/bonding_slave/mii_status") == "$2" ]]; }

turn() { # LEG up|down: of both bonds
    local bond
    for bond in wan0 lan0; do
        in_node ingest ip link set $bond"$1" "$2"
        until_true "$bond$1 is $2" link_is $bond"$1" "$2"
    done
}

flows() { # WHAT
    receiver_up viewer "${CHANNEL[@]}" --count 50 --from-now --timeout 120
    finish viewer none
    is "$1: once, whole" "$(summary viewer received) $(summary viewer duplicates) $(summary viewer bad_checksums)" "50 0 0"
}

failover() { # WHAT
    local leg joined
    receiver_up all "${CHANNEL[@]}" --seconds 600
    until_true "$1: joined" served
    spawn sender source "$PEERS/source" --interface eth0 --source 192.0.2.10 --group 232.1.1.1 \
        --rate 100 --count 12000 --size 1300
    until_true "$1: data flows" logged all '^first packet'
    joined=$(channel "${CHANNEL[@]}" .trace.join_seen)
    for leg in a b; do
        turn $leg down
        flows "$1, without links $leg"
        turn $leg up
    done
    flows "$1, with all links"
    is "$1: the same channel" "$(channel "${CHANNEL[@]}" .trace.join_seen)" "$joined"
    finish sender
    finish all
    is "$1: none twice" "$(summary all duplicates)" 0
    echo "# of all, $(summary all missing) were lost in links that went"
}

by_xdp() { echo $(($(xdp_redirected wan0a) + $(xdp_redirected wan0b))); }

# TC knows nothing of the bond under it; XDP runs on its links, and redirects to them.
carried_by() { # BOND MODE
    mcingestd_in "$2"
    is "$1, $2: so says the status" "$(interface wan0 upstream mode)" "$2"
    carries "$1, $2" "${CHANNEL[@]}" 1000 1300
    failover "$1, $2"
    finish mcingestd
}

bonds_up() { # BOND
    export LAB_SHAPE="bond=$1"
    LAB_IS_UP=0
    lab_up
    in_node access ethtool -K up0a gro on
    in_node access ethtool -K up0b gro on
    relay_up
}

bonds_up active-backup
carried_by active-backup tc
is "by TC alone" "$(by_xdp)" 0
carried_by active-backup xdp
ok "by XDP" test "$(by_xdp)" -ge 1000
finish relay
bonds_up balance-xor
carried_by balance-xor xdp
ok "by XDP" test "$(by_xdp)" -ge 1000
finished
