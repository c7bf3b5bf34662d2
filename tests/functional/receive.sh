#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# `mcingest receive` and `lookup` without a daemon, and beside one: both families, what is measured, written and piped, and
# what is said if nothing comes.
. "$(dirname "$0")/lib.sh"

S=192.0.2.10 G=232.1.1.1 S6=2001:db8:5::10 G6=ff3e::8000:1 RELAY=203.0.113.15
CLI=$BUILD/mcingest

receives() { # NAME WORD...: in the background, JSON into $WORK/NAME.log; returns when the relay knows
    marks=$(grep -c '^.* update from' "$WORK/relay.log")
    spawn "$1" ingest "$CLI" receive "${@:2}" --json
    until_true "$1: the relay is told" relay_told_more
}
relay_told_more() { (($(grep -c '^.* update from .*{' "$WORK/relay.log") > marks)); }
more_gateways() { (($(grep -c 'endpoint .* new' "$WORK/relay.log") > known)); }
got() { jq -r "$2" "$WORK/$1.log" 2>&1; } # NAME JQ
ts() { # COUNT SKIPPED: datagrams of seven transport packets on two PIDs; one of the datagrams is left out
    # shellcheck disable=SC2016 # perl's variables
    in_node source perl -MSocket -e '
        my ($source, $group, $count, $skipped) = @ARGV;
        my $s;
        socket($s, PF_INET, SOCK_DGRAM, 0) && setsockopt($s, 0, 33, pack("C", 16)) &&
            setsockopt($s, 0, 32, inet_aton($source)) && bind($s, sockaddr_in(0, inet_aton($source))) or die $!;
        for my $i (0 .. $count - 1) {
            my $datagram = join "", map { my $n = 7 * $i + $_;
                pack("CnC", 0x47, 0x100 + $n % 2, 0x10 | ($n >> 1) % 16) . "x" x 184 } 0 .. 6;
            send($s, $datagram, 0, sockaddr_in(5004, inet_aton($group))) if $i != $skipped;
            select(undef, undef, undef, 0.001);
        }' "$S" "$G" "$@"
}

lab_up
relay_up

# Without a daemon
is "lookup without a daemon" "$(api "lookup $S" '"\(.relays[0].address) \(.steps[-1].status)"')" "$RELAY ok"
in_node ingest "$CLI" lookup 192.0.2.20 >/dev/null
is "lookup of a source without a relay: status" $? 1

receives plain $S $G --count 500 --write "$WORK/plain.pcap"
send $S $G --rate 1000 --count 600 --size 1000 --omit 100-109 >/dev/null
finish plain none
is "it ends after so many packets: status" $? 0
is "keys of its JSON" "$(got plain 'keys | join(" ")')" \
    "bits_per_s broken bytes first_packet_ms group longest mpeg_ts not_udp other_ports packets packets_per_s port reason relay rtp seconds source state ttl_max ttl_min"
is "keys of rtp" "$(got plain '.rtp | keys | join(" ")')" "late lost packets ssrcs twice"
is "IPv4: what came" "$(got plain '"\(.packets) \(.bytes) \(.relay) \(.state) \(.rtp.lost) \(.rtp.packets) \(.longest) \(.ttl_min)"')" \
    "500 $((500 * 1028)) $RELAY receiving 10 500 1028 15"
is "the file has the packets, as they were" "$(tshark -r "$WORK/plain.pcap" -Y "ip.src == $S && ip.dst == $G && udp.dstport == 5001" 2>/dev/null | wc -l)" 500
until_true "it says goodbye" logged relay 'teardown|BLOCK'
ok "it says goodbye to the relay" true

receives six "amt://[$S6]@[$G6]:5001" --count 100
send $S6 $G6 --rate 1000 --count 150 --size 500 >/dev/null
finish six none
is "IPv6, by a URL" "$(got six '"\(.packets) \(.port) \(.relay) \(.rtp.lost)"')" "100 5001 2001:db8:15::15 0"

receives dot $S $G --relay 203.0.113.16 --port 5004 --seconds 3
ts 300 -1
send $S $G --rate 1000 --count 20 --size 100 >/dev/null
finish dot none
is "a relay and a port that are named" "$(got dot '"\(.relay) \(.port) \(.packets) \(.other_ports)"')" "203.0.113.16 5004 300 20"
is "a transport stream without a fault" "$(got dot '.mpeg_ts | "\(.packets) \(.pids) \(.continuity_errors) \(.transport_errors)"')" "2100 2 0 0"

receives gap $S $G --count 299
ts 300 150
finish gap none
is "a transport stream with a gap on two PIDs" "$(got gap '.mpeg_ts.continuity_errors')" 2

marks=$(grep -c '^.* update from' "$WORK/relay.log")
in_node ingest "$CLI" receive $S $G --count 100 --output - >"$WORK/payload" 2>"$WORK/messages" &
piped=$!
until_true "the relay is told" relay_told_more
ts 100 -1
wait $piped
is "a player's pipe: status" $? 0
is "the payload alone goes to stdout" "$(wc -c <"$WORK/payload")" $((100 * 7 * 188))
like "and what people read to stderr" "$(<"$WORK/messages")" 'receiving, relay 203.*100 packets, .*MPEG-TS: 700 packets, 2 PIDs, 0 continuity errors'

said=$(in_node ingest "$CLI" receive 192.0.2.20 $G 2>&1)
is "a source without a relay: status" $? 1
like "a source without a relay is said" "$said" 'failed: no AMTRELAY record for the source'
said=$(in_node ingest "$CLI" receive $S $G --seconds 1 2>&1)
is "nothing comes: status" $? 1
like "nothing comes: what to look at" "$said" 'joined, relay .*No packet came.*sent nothing: see whether S sends'
in_node ingest "$CLI" receive $S ff3e::1 2>/dev/null
is "two families: status" $? 2
said=$(in_node ingest "$CLI" channels --port 5 2>&1)
is "an option of another command: status" $? 2
is "an option of another command" "$said" "mcingest: 'channels' takes no --port; see mcingest --help"

# Beside a daemon with a tunnel to the same relay
mcingestd_up
until_true "FRR says Hello" neighbor_there
until_true "FRR knows us" frr_knows_us
receiver_up viewer $S $G --last 999 --timeout 60
until_true "the daemon has joined" channel_is $S $G joined
known=$(grep -c 'endpoint .* new' "$WORK/relay.log")
receives beside $S $G --count 1000
until_true "the relay knows the second gateway" more_gateways # the daemon repeats its reports, too
send $S $G --rate 1000 --count 1000 --size 500 >/dev/null
finish beside none
finish viewer none
is "beside the daemon: all packets for both" "$(got beside .packets) $(summary viewer received) $(summary viewer duplicates)" "1000 1000 0"
is "and it is no business of the daemon's" "$(api counters '.drops | map(values) | add') $(api counters '.refused.amt | map(values) | add')" "0 0"
finish mcingestd
finish relay

# A relay with Linux's manners answers the port that it knows: the daemon's
echo kernel >"$WORK/manners"
relay_up --manners "$WORK/manners"
mcingestd_up
until_true "FRR says Hello" neighbor_there
until_true "FRR knows us" frr_knows_us
receiver_up viewer $S $G --seconds 600
until_true "the daemon has joined" channel_is $S $G joined
said=$(in_node ingest "$CLI" receive $S $G --seconds 30 2>&1)
is "a relay that knows addresses only: status" $? 1
like "a relay that knows addresses only: why it is silent" "$said" 'relay does not answer Requests.*mcingestd of this host has tunnels.*answers the daemon instead'
finished
