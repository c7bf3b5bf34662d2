#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Two FRR routers on one LAN join a channel. One leaves, and the other's Join overrides its Prune; a router whose override
# is missing gets a second chance by our PruneEcho; if nobody overrides, the channel ends. We stop forwarding after an Assert
# of a better router. tshark decodes what we send.
export LAB_ROUTERS=2
. "$(dirname "$0")/lib.sh"

two_neighbors() { [[ $(api neighbors '[.neighbors[] | select(.address | startswith("10.0.0.")) | .address] | sort | join(" ")') == "10.0.0.2 10.0.0.3" ]]; }
moves() { (($(grep -cE "pim: \(192\.0\.2\.10,232\.1\.1\.1\) $1" "$WORK/mcingestd.log") >= ${2-1})); }
pim() { api counters ".pim[] | select(.family == \"ipv4\") | .$1"; }
echoes() { (($(pim prune_echoes_sent) == $1)); }
viewer_up() { # NAME INTERFACE
    spawn "$1" receiver "$PEERS/receiver" --interface "$2" --source 192.0.2.10 --group 232.1.1.1 --seconds 600
    until_true "$1 joins" logged "$1" '^joined'
}
has_data() { logged "$1" '^first packet'; }
deaf() { # the second, to the first, whose packets have no way back and are martians then
    in_node access2 sysctl -qw net.ipv4.conf.up0.rp_filter=1
    in_node access2 ip route add blackhole 10.0.0.2/32
}
assert_state() { [[ $(channel 192.0.2.10 232.1.1.1 '.asserts | map(.state + " " + .winner) | join(",")') == "$1" ]]; }
no_egress_grows() { (($(api counters .drops.no_egress) > $1 + 200)); }
# From access: the IP header's checksum is that of a source of 10.0.0.1, less one.
assert_from_access() { # SAMPLE [CHANGES]
    local sum
    sum=$(xxd -s $((24 + 16 + 24)) -l 2 -p "tests/samples/$1.pcap")
    in_node access "$PEERS/inject" up0 "tests/samples/$1.pcap" 26=0a000002 "24=$(printf %04x $((0x$sum - 1)))" "${@:2}"
}

lab_up
relay_up
spawn capture ingest tcpdump -i lan0 --immediate-mode -U -w "$WORK/lan.pcap" \
    "ether src $(in_node ingest cat /sys/class/net/lan0/address) and ip proto 103"
until_true "capture on lan0" logged capture 'listening on'
mcingestd_up --debug
until_true "both routers are neighbors" two_neighbors
until_true "the first knows us" knows access 10.0.0.1
until_true "the second knows us" knows access2 10.0.0.1
is "the router with the higher address is the DR" "$(api neighbors '.neighbors[] | select(.dr and .interface == "lan0" and (.address | startswith("10."))) | .address')" 10.0.0.3

spawn sender source "$PEERS/source" --interface eth0 --source 192.0.2.10 --group 232.1.1.1 --rate 500 --count 60000 --size 100
viewer_up one eth0
until_true "the first has data" has_data one
viewer_up two eth1
until_true "the second has data" has_data two
finish one INT
until_true "the Prune waits" moves 'Join -> Prune-Pending: Prune'
until_true "the other's Join overrides it" moves 'Prune-Pending -> Join: Join'
ok "the other's Join overrides a Prune" true
is "no PruneEcho was needed" "$(pim prune_echoes_sent)" 0
is "the channel was never left" "$(grep -c 'left on lan0' "$WORK/mcingestd.log")" 0

viewer_up one eth0
until_true "the first has data again" has_data one
deaf
finish one INT
until_true "a Prune that the other did not hear takes effect" moves 'Prune-Pending -> NoInfo'
until_true "the PruneEcho makes it join" moves 'NoInfo -> Join: Join' 2
ok "a PruneEcho is answered by the Join that was missing" echoes 1
is "the channel is still there" "$(channel 192.0.2.10 232.1.1.1 .state)" receiving

finish two INT
until_true "nobody is left: the Prune takes effect" moves 'Prune-Pending -> NoInfo' 2
until_true "and is echoed" echoes 2
until_true "the channel ends" no_channels
ok "a Prune that nobody overrides ends the channel, with an echo" true

viewer_up one eth0
until_true "the first has data once more" has_data one
until_true "receiving" channel_is 192.0.2.10 232.1.1.1 receiving
assert_from_access pim-assert-v4
until_true "a better Assert is lost" assert_state "loser 10.0.0.2"
before=$(api counters .drops.no_egress)
until_true "nothing goes out" no_egress_grows "$before"
ok "where the Assert is lost, the program drops" true
assert_from_access pim-assert-cancel-v4
until_true "the winner cancels" assert_state ""
ok "an AssertCancel ends it" true
assert_from_access pim-assert-v4 52=00000fff 36=1dc9
until_true "a worse Assert is won" assert_state "winner 10.0.0.1"
ok "a worse Assert is won" true
finish one INT
until_true "the channel ends" no_channels
finish sender
finish mcingestd
verdict $? "mcingestd ends well" || true
sleep 0.2
finish capture

shark() { tshark -r "$WORK/lan.pcap" -Y "$1" 2>/dev/null | wc -l; }
is "nothing is malformed" "$(shark '_ws.malformed || _ws.expert.severity == error')" 0
is "every checksum is good" "$(shark 'pim.cksum.status != 1')" 0
is "each PruneEcho names us, one group, one prune" "$(shark 'pim.type == 3 && pim.numgroups == 1 && pim.numjoins == 0 && pim.numprunes == 1 && pim.holdtime == 210')" "$(shark 'pim.type == 3')"
is "the Assert says our metric" "$(shark 'pim.type == 5 && pim.rpt == 0 && pim.metric_pref == 200 && pim.metric == 100')" 1
is "the AssertCancel is infinite" "$(shark 'pim.type == 5 && pim.rpt == 1 && pim.metric_pref == 0x7fffffff && pim.metric == 0xffffffff')" 1
ok "two PruneEchos at least" test "$(shark 'pim.type == 3')" -ge 2
finished
