#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Bad packets of each protocol: cut short, too long, of a wrong version, with a wrong checksum. They are dropped, counted
# by reason, and logged once a second at most; everything else goes on working.
. "$(dirname "$0")/lib.sh"

SAMPLES=tests/samples

lan() { in_node access "$PEERS/inject" up0 "$SAMPLES/$1.pcap" "${@:2}"; }
refused() { api counters ".refused.$1"; }
drops() { api counters ".drops.$1"; }

# Sends, and waits until a counter has moved.
counted() { # WHAT COUNTER CMD...
    local what=$1 counter=$2 before
    shift 2
    before=$(api counters ".$counter")
    "$@"
    until_true "$what: $counter" test_moved "$counter" "$before"
    ok "$what: counted as $counter" true
}
test_packets() { (($(channel 192.0.2.10 232.1.1.1 .packets) == $1)); }
test_moved() { (($(api counters ".$1") > $2)); }

everything_up

# PIM, from the access router's place: Ethernet 14, IP 20, PIM from 34 on
counted "PIM, cut short" refused.pim.truncated lan pim-join-sg-v4 cut=10
counted "PIM, IP header says more than there is" refused.pim.truncated lan pim-join-sg-v4 16=ffff
counted "PIM, IP header checksum" refused.pim.checksum lan pim-join-sg-v4 15=11
counted "PIM, checksum" refused.pim.checksum lan pim-join-sg-v4 36=dead
counted "PIM, version 1" refused.pim.version lan pim-hello-v4-unknown-options 34=10
counted "PIM, unknown type" refused.pim.type lan pim-hello-v4-unknown-options 34=2d
counted "PIM, IPv6 checksum" refused.pim.checksum lan pim-hello-v6 56=dead
counted "PIM, Join before any Hello" refused.pim.sender lan pim-join-sg-v6
lan pim-join-sg-v4 pad=1400
counted "PIM, Join for another router" pim[0].for_other_router lan pim-join-other-upstream-v4
counted "PIM, (*,G) and (S,G,rpt)" pim[0].entries_skipped lan pim-join-star-g-v4
# What cannot be read of a message leaves the rest of it: stray bytes of a Hello from 10.0.0.99; a
# join attribute (RFC 5384) of six bytes behind the source, which begins at 60
counted "PIM, Hello with stray bytes" pim[0].parts_skipped lan pim-hello-v4-unknown-options 26=0a000063 pad=3 16=0045 mend
is "it is a neighbor's all the same" "$(api neighbors '.neighbors[] | select(.address == "10.0.0.99") | .generation_id')" 0xcafe0002
counted "PIM, Join with an attribute" pim[0].parts_skipped lan pim-join-sg-v4 pad=8 16=003e 61=01 68=4006 mend
until_true "it opens its channel all the same" channel_is 192.0.2.10 232.1.1.1 joined
ok "it opens its channel all the same" true
until_true "an honest Join with padding behind it opens its channel" channel_is 192.0.2.10 232.1.1.1 joined
ok "an honest Join with padding behind it opens its channel" true
is "nothing else was opened" "$(api channels '.channels | length')" 1

in_node access ip link set up0 mtu 4000
in_node ingest ip link set lan0 mtu 4000
counted "PIM, longer than 1,500 bytes: taken" pim[0].join_prunes_received lan pim-join-sg-v4 pad=2000 16=0806 mend
in_node ingest ip link set lan0 mtu 1500

# AMT Data, from the relay's place, to wan0. Outer IP from 14, UDP from 34, AMT from 42, inner IP from 44
port=$(printf %04x "$(api tunnels '.tunnels[0].local_port')")
mac=$(in_node ingest cat /sys/class/net/wan0/address)
data() { # SAMPLE [CHANGES]: from 203.0.113.15 to the tunnel's address 100.64.7.2 and port
    in_node core "$PEERS/inject" ingest0 "$SAMPLES/$1.pcap" "0=${mac//:/}" 30=64400702 "36=$port" "${@:2}"
}
accounts_open
counted "Data, unknown group" drops.not_joined data amt-6-data-v4 63=99
counted "Data, not from the relay" drops.wrong_relay data amt-6-data-v4 26=cb007199
counted "Data, not from the relay's port" drops.wrong_relay data amt-6-data-v4 34=1234
counted "Data, IGMP inside" drops.inner_control data amt-6-data-v4 53=02
counted "Data, PIM inside" drops.inner_control data amt-6-data-v4 53=67
counted "Data, TTL 1" drops.ttl data amt-6-data-v4-ttl1
counted "Data, inner version 5" drops.inner_version data amt-6-data-v4 44=55
counted "Data, inner header of 4 words" drops.inner_header data amt-6-data-v4 44=44
counted "Data, inner length beyond the packet" drops.truncated data amt-6-data-v4 46=ffff
counted "Data, cut short" drops.truncated data amt-6-data-v4 cut=40
counted "Data, inner destination is no group" drops.not_multicast data amt-6-data-v4 60=0a000032
before=$(channel 192.0.2.10 232.1.1.1 .packets)
data amt-6-data-v4 times=5
until_true "honest Data passes" test_packets $((before + 5))
ok "honest Data passes" true
accounts_close "every frame has its place" wan

# AMT control, to the tunnel's socket
query() { # BYTES...: the sample's Query from the relay, spoilt
    in_node core "$PEERS/inject" ingest0 "$SAMPLES/amt-4-query-v4.pcap" "0=${mac//:/}" 26=cb00710f 30=64400702 \
        "36=$port" "$@" mend
}
counted "AMT, a Query that nobody asked for" refused.amt.unexpected query
counted "AMT, version 1" refused.amt.version query 42=14
counted "AMT, a message for relays" refused.amt.type query 42=03
counted "AMT, an unknown type" refused.amt.type query 42=0f
counted "AMT, cut short" refused.amt.truncated query 16=0024 38=0010 cut=40
counted "AMT, an Advertisement that nobody asked for" refused.amt.unexpected query 42=02 16=0028 38=0014 cut=36
accounts_close "control messages have their place" wan

# A flood of nonsense: bounded in the log, and the channel goes on
lines=$(wc -l <"$WORK/mcingestd.log")
lan pim-join-sg-v4 36=dead times=20000
ok "20,000 bad packets are at most 4 lines in the log" test $(($(wc -l <"$WORK/mcingestd.log") - lines)) -le 4
before=$(channel 192.0.2.10 232.1.1.1 .packets)
data amt-6-data-v4
until_true "Data passes after the flood" test_packets $((before + 1))
ok "Data passes after the flood" true
finish mcingestd
verdict $? "mcingestd ends well" || true
finished
