#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# tshark decodes every message that we send (Hello, all AMT messages, the reports inside) with right checksums and
# without a malformed mark.
. "$(dirname "$0")/lib.sh"

CHECKS=(-o ip.check_checksum:TRUE -o udp.check_checksum:TRUE)
NOT_GOOD='' # bad, unverified, or not there
for layer in ip.checksum udp.checksum pim.cksum igmp.checksum; do
    NOT_GOOD+="${NOT_GOOD:+ || }$layer.status == 0 || $layer.status == 2 || $layer.status == 3"
done
shark() { # CAPTURE [OPTION...]
    tshark -r "$WORK/$1.pcap" -d udp.port==2268,amt "${CHECKS[@]}" "${@:2}" 2>/dev/null
}
count() { shark "$1" -Y "$2" | wc -l; }
test_no_tunnels() { [[ $(api tunnels ".tunnels | length") == 0 ]]; }
capture() { # NAME INTERFACE FILTER
    spawn "capture-$1" ingest tcpdump -i "$2" --immediate-mode -U -w "$WORK/$1.pcap" "$3"
    until_true "capture on $2" logged "capture-$1" 'listening on'
}

lab_up
in_node ingest ethtool -K wan0 tx off >/dev/null # else the card would finish the UDP checksums, and a veth has none
lan=$(in_node ingest cat /sys/class/net/lan0/address)
wan=$(in_node ingest cat /sys/class/net/wan0/address)
capture lan lan0 "ether src $lan and (ip proto 103 or ip6 proto 103)"
capture wan wan0 "ether src $wan and udp port 2268"
everything_up
receiver_up one 192.0.2.10 232.1.1.1 --seconds 600
receiver_up two 198.51.100.77 233.44.15.9 --seconds 600
until_true "the first is joined" channel_is 192.0.2.10 232.1.1.1 joined
until_true "the second is joined" channel_is 198.51.100.77 233.44.15.9 joined
finish one INT
finish two INT
until_true "both are left" no_channels
until_true "the tunnels are torn down" test_no_tunnels
finish mcingestd
sleep 0.2
finish capture-lan
finish capture-wan

for name in lan wan; do
    is "$name: nothing is malformed" "$(count $name '_ws.malformed || _ws.expert.severity == error')" 0
    is "$name: every checksum is good" "$(count $name "$NOT_GOOD")" 0
done
ok "PIM's checksums were looked at" test "$(count lan 'pim.cksum.status == 1')" -ge 4
ok "UDP's and IGMP's checksums were looked at" test "$(count wan 'udp.checksum.status == 1 && igmp.checksum.status == 1')" -ge 4
ok "Hello with all options, over IPv4" test "$(count lan 'ip && pim.type == 0 && pim.holdtime == 105 && pim.optiontype == 2 && pim.optiontype == 19 && pim.optiontype == 20')" -ge 1
ok "Hello over IPv6, with the address list" test "$(count lan 'ipv6 && pim.type == 0 && pim.optiontype == 24')" -ge 1
ok "the goodbye" test "$(count lan 'pim.type == 0 && pim.holdtime == 0')" -ge 1
for type in '1 Discovery' '3 Request' '5 Update' '7 Teardown'; do
    ok "AMT ${type#* }" test "$(count wan "amt.type == ${type% *}")" -ge 1
done
ok "current state: IS_IN" test "$(count wan 'igmp.record_type == 1 && igmp.maddr == 232.1.1.1 && igmp.saddr == 192.0.2.10')" -ge 1
ok "a change: ALLOW" test "$(count wan 'igmp.record_type == 5')" -ge 1
ok "a change: BLOCK" test "$(count wan 'igmp.record_type == 6')" -ge 1
finished
