#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# A few packets on the LAN join 2,000 sources whose zone names relays at will: four foreign addresses for each source,
# half of them for Discovery, and a name. What leaves the WAN stays within the limits, and an honest Join beside the
# flood does not wait for its end.
export LAB_ROUTERS=2
. "$(dirname "$0")/lib.sh"

SOURCES=2000 NETWORKS=8 state=/run/mcingest-lab/$LAB

write_zones() {
    awk -v sources=$SOURCES 'BEGIN {
        for (i = 0; i < sources; i++) {
            name = sprintf("%d.%d", i % 256, 100 + i / 256)
            printf "%s AMTRELAY 20 1 3 r%d.flood.example.net.\n", name, i
            for (j = 0; j < 4; j++)
                printf "%s AMTRELAY 10 %d 1 100.100.%d.%d\n", name, j % 2, i / 64, i % 64 * 4 + j
        }
    }' >>"$state/etc/bind/zones/198.18"
    echo '*.flood A 100.100.200.1' >>"$state/etc/bind/zones/example.net"
    kill -HUP "$(cat "$state/pid/named")"
}
zone_is_there() { in_node ingest "$BUILD/mcingest" lookup 198.18.107.1; }
waiting() { api status ".waiting.$1"; }
waits_for_dns() { (($(waiting discoveries) > 1000)); }
has_gone_on() { (($(waiting discoveries) < before - 400)); }
wait_of() { # SOURCE: what channels show of those that have been asked for nothing yet
    api channels '[.channels[] | select(.state == "discovering") | .reason] | unique | join(" ")'
}
seen() { # FILTER FIELD...: of the capture
    tshark -r "$WORK/wan.pcap" -Y "$1" -T fields -e frame.time_epoch "${@:2}" 2>/dev/null
}
# Of lines "TIME THING...": different things, the time between the first and the last, the most in 100 ms.
summed() {
    awk '{ key = $0; sub(/^[^ \t]*/, "", key); if (key in seen) next; seen[key]; at[n++] = $1 }
        END { for (i = 0; i < n; i++) { while (at[i] - at[first] > 0.1) first++; if (i - first + 1 > most) most = i - first + 1 }
            printf "%d %.3f %d\n", n, at[n - 1] - at[0], most }'
}
within() { # COUNT SECONDS RATE: with a tenth of a second's at once, and what the honest one asks
    awk -v n="$1" -v s="$2" -v r="$3" 'BEGIN { exit n > r * (s + 0.1) + 4 }'
}

everything_up
in_node core ip route add blackhole 100.100.0.0/16
write_zones
until_true "the zone is there" zone_is_there
spawn capture ingest tcpdump -i wan0 --immediate-mode -U -w "$WORK/wan.pcap" "src host 100.64.7.2 and (udp port 53 or udp port 2268)"
until_true "tcpdump listens" logged capture 'listening on'
spawn sender source "$PEERS/source" --interface eth0 --source 192.0.2.10 --group 232.1.1.1 --rate 100 --count 1000000 --size 100
in_node access2 "$PEERS/neighbor" --interface up0 --upstream 10.0.0.1 --source 198.18.100.0 --sources $SOURCES \
    --group 232.9.0.1 --groups 1 --entries 70 --rate 200 >/dev/null
until_true "most of the flood waits" waits_for_dns
like "its channels say for what" "$(wait_of)" "waits for its turn to ask DNS: see 'discoveries' in \[limits\]"

receiver_up viewer 192.0.2.10 232.1.1.1 --seconds 600
until_true "an honest Join beside it has data" channel_is 192.0.2.10 232.1.1.1 receiving
before=$(waiting discoveries)
ok "while the flood still waits" test "$before" -gt 500
echo "# the honest channel's steps, ms after its Join: $(channel 192.0.2.10 232.1.1.1 .trace | jq -c .)"

until_true "some hundred more are looked up" has_gone_on
until_true "and relays wait, too" test "$(waiting new_relays)" -gt 0
ok "a network's unanswered relays are few" test "$(api tunnels '(.tunnels | length) + (.discoveries | length)')" -le $((NETWORKS * 16 + 2))
finish capture
read -r asked for most <<<"$(seen 'dns.flags.response == 0' -e dns.qry.name -e dns.qry.type | summed)"
echo "# DNS: $asked different questions in $for s, at most $most in 100 ms"
ok "questions are no more than twice 'discoveries' a second" within "$asked" "$for" 200
read -r asked for most <<<"$(seen 'udp.dstport == 2268' -e ip.dst | summed)"
echo "# AMT: $asked different relays in $for s, at most $most in 100 ms; $(seen 'udp.dstport == 2268' | wc -l) messages in all"
ok "relays that are asked are no more than 'new_relays' a second" within "$asked" "$for" 50
is "the honest channel goes on" "$(channel 192.0.2.10 232.1.1.1 .state)" receiving
finish sender
finish mcingestd
verdict $? "mcingestd ends well" || true
finished
