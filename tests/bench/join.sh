#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# A cold join, from the Join on the LAN to the first packet on the LAN, taken apart by a capture on
# the ingest node: each message that leaves waits for the one that came before it, and the time
# between the two is ours. What is left is the network's: as many round trips as messages.
#
# Prints a table, and writes "join-cold-Nms" into build/bench.json.
BUILD=${BUILD:-build}
. "$(dirname "$0")/../functional/lib.sh"

ROUNDS=${ROUNDS:-7}
delay=${LAB_DELAY_MS:-10}

# Lines of tcpdump to: own milliseconds, whole milliseconds, messages that left for the WAN.
take_apart() {
    awk '
        $3 != "Out" { last = $1 } # In, or M for multicast
        $2 == "lan0" && $3 == "M" && /Join/ && !join { join = $1 }
        join && !done && $3 == "Out" && ($2 == "wan0" || /5001/) {
            own += $1 - last
            if ($2 == "lan0") { done = $1 } else { left++ }
        }
        END { if (done) printf "%.3f %.3f %d\n", own * 1000, (done - join) * 1000, left; else exit 1 }' "$1"
}

one_join() { # ROUND
    mcingestd_up
    until_true 40 "FRR says Hello" neighbor_there
    until_true 10 "FRR knows us" frr_knows_us
    spawn capture ingest tcpdump -i any -nn -tt -v -l --immediate-mode \
        'udp port 53 or udp port 2268 or proto 103 or udp port 5001'
    until_true 5 "the capture" logged capture 'listening on'
    receiver_up viewer 192.0.2.10 "232.1.1.$1" --count 20
    finish viewer none
    finish capture INT
    finish mcingestd
    # -v breaks lines: join what is indented to the line before
    sed -e ':a;N;$!ba;s/\n[ \t]\+/ /g' "$WORK/capture.log" >"$WORK/round-$1"
    take_apart "$WORK/round-$1" || { echo "join: round $1 was not seen whole" >&2; exit 1; }
}

lab_up
relay_up
rtt=$(in_node ingest ping -c 5 -i 0.2 -q 203.0.113.15 | sed -n 's|.*= [0-9.]*/\([0-9.]*\)/.*|\1|p')
for ((round = 1; round <= ROUNDS; round++)); do
    spawn sender source "$PEERS/source" --interface eth0 --source 192.0.2.10 --group "232.1.1.$round" --rate 1000 --count 60000 --size 100
    one_join $round
    finish sender
done >"$WORK/figures"

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
own=$(cut -d' ' -f1 "$WORK/figures" | median)
whole=$(cut -d' ' -f2 "$WORK/figures" | median)
trips=$(cut -d' ' -f3 "$WORK/figures" | median)
worst=$(cut -d' ' -f1 "$WORK/figures" | sort -n | tail -1)

printf '%-16s %-11s %-12s %-10s %-9s %s\n' JOIN 'RTT (ms)' 'ROUND TRIPS' 'WHOLE (ms)' 'OWN (ms)' 'WORST OWN (ms)'
printf '%-16s %-11s %-12s %-10s %-9s %s\n' "cold, $ROUNDS rounds" "$rtt" "$trips" "$whole" "$own" "$worst"
mkdir -p build
[[ -s build/bench.json ]] || echo '{}' >build/bench.json
jq --arg name "join-cold-${delay}ms" --argjson own "$own" --argjson trips "$trips" --argjson whole "$whole" \
    '.[$name] = {round_trips: $trips, own_ms: $own, whole_ms: $whole}' build/bench.json >build/bench.json.new
mv build/bench.json.new build/bench.json
