#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Tunnels that do not use the main routing table: a mark that a rule leads to another table, and a source address other than
# the route's. The log says why if that is not possible.
. "$(dirname "$0")/lib.sh"

configured() { # LINE...: of [tunnels]
    printf '%s\n' '[interfaces]' 'upstream = wan0' '[tunnels]' "$@" >"$WORK/policy.conf"
    mcingestd_up --config "$WORK/policy.conf"
    until_true "FRR says Hello" neighbor_there
    until_true "FRR knows us" frr_knows_us
}
reason_is() { [[ $(channel 192.0.2.10 "$1" .reason) == "$2" ]]; }

lab_up
relay_up
gateway=$(in_node ingest ip -j route show default | jq -r '.[0].gateway')
in_node ingest ip route add 100.64.0.53 via "$gateway" # DNS goes by the main table
in_node ingest ip route del default
in_node ingest ip route add default via "$gateway" table 77
in_node ingest ip rule add fwmark 7 table 77
in_node ingest ip address add 100.64.7.9/32 dev wan0

configured 'mark = 0x7' 'source_address = 100.64.7.9'
carries "by a mark and from an address" 192.0.2.10 232.1.1.1 1000 1300
is "the tunnel is from that address" "$(api tunnels '.tunnels[0].local')" 100.64.7.9
finish mcingestd

configured 'source_address = 100.64.7.9'
receiver_up viewer 192.0.2.10 232.1.1.2 --seconds 600
until_true "no way without the mark" reason_is 232.1.1.2 "no route to the relay"
ok "without the mark there is no way, and the channel says so" true
finish viewer INT
finish mcingestd

configured 'mark = 7' 'source_address = 100.64.7.99'
receiver_up viewer 192.0.2.10 232.1.1.3 --seconds 600
until_true "no such address" reason_is 232.1.1.3 "this host does not have the source_address of [tunnels]"
ok "an address that the host does not have is named" true
finish viewer INT
finish mcingestd

configured 'vrf = blue'
receiver_up viewer 192.0.2.10 232.1.1.4 --seconds 600
until_true "no such vrf" reason_is 232.1.1.4 "there is no such vrf as [tunnels] names"
ok "a VRF that the host does not have is named" true
finished
