#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# A PIM Join of a real FRR brings multicast through an AMT tunnel: 10,000 packets at 1,000 a second from real sockets arrive
# as 10,000, for two payload sizes, two sources and two relays at once.
. "$(dirname "$0")/lib.sh"

everything_up
accounts_open
receiver_up holds_small 192.0.2.10 232.1.1.1 --seconds 600 # joined, until all has been looked at
receiver_up holds_large 198.51.100.77 233.44.15.9 --seconds 600
join_both small large --last 9999 --timeout 120
ok "both channels are joined at their relays" true
is "relay by address" "$(channel 192.0.2.10 232.1.1.1 .relay)" 203.0.113.15
like "relay by name, behind a CNAME" "$(channel 198.51.100.77 233.44.15.9 .relay)" '^(203.0.113.16|2001:db8:15::16)$'
is "interfaces" "$(channel 192.0.2.10 232.1.1.1 '.interfaces | join(" ")')" lan0

send_both 10000 100 1400

for name in small large; do
    finish $name none
    verdict $? "$name: the receiver is content" || true
    is "$name: all packets arrived" "$(summary $name received)" 10000
    is "$name: none missing" "$(summary $name missing)" 0
    is "$name: none twice" "$(summary $name duplicates)" 0
    is "$name: checksums are right" "$(summary $name bad_checksums)" 0
    is "$name: payload is right" "$(summary $name bad_payload)" 0
done

is "the program counted them" "$(channel 192.0.2.10 232.1.1.1 .packets)" 10000
is "and their bytes" "$(channel 192.0.2.10 232.1.1.1 .bytes)" $((10000 * 128))
log_says "state" mcingestd '\(192\.0\.2\.10,232\.1\.1\.1\) receiving'
ok "the trace is complete and in order" test "$(channel 192.0.2.10 232.1.1.1 \
    '.trace | [.join_seen, .dns_answered, .tunnel_up, .update_sent, .first_packet] |
     (map(type) | unique == ["number"]) and sort == .')" = true
is "nothing was dropped, but what two relays of a moving channel deliver" "$(api counters '.drops | del(.duplicate) | map(values) | add')" 0
is "nothing was refused" "$(api counters '[.refused[][]] | add')" 0
accounts_close "every packet has its place, from the relays to the LAN"

dump=$(in_node ingest bpftool map dump pinned /sys/fs/bpf/mcingest/channels4)
like "bpftool names the source" "$dump" '"source": \[192,0,2,10'
like "bpftool names the interface" "$dump" '"lan0"'
like "bpftool names the relay" "$dump" '"relay": \[[0-9,[:space:]]*203,0,113,15'
finished
