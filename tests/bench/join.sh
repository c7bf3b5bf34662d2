#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# The time from the Join on the LAN to the first packet on the LAN, split by a capture on the ingest node. Each
# message that leaves waits for the message that came before it, and the time between the two is ours. The rest
# is the network's: as many round trips as messages.
#
# Cold: the daemon knows neither source nor relay. Warm: it has a tunnel to the relay, and another channel of the
# source is joined. Both are measured with each of DELAYS, in milliseconds each way.
#
# Prints a line of a table for each case, and writes "join-cold-Nms" and "join-warm-Nms" into build/bench.json.
BUILD=${BUILD:-build}
. "$(dirname "$0")/../functional/lib.sh"

ROUNDS=${ROUNDS:-5}
row='%-18s %-11s %-12s %-10s %-9s %s\n'

# From lines of tcpdump: own milliseconds, whole milliseconds, messages that left for the WAN.
take_apart() {
    awk '
        $3 != "Out" { last = $1 } # In, or M for multicast
        $2 == "lan0" && $3 == "M" && /Join/ && !join { join = $1 }
        join && !done && $3 == "Out" && ($2 == "wan0" || /5001/) {
            own += $1 - last
            if ($2 == "lan0") { done = $1 } else { left++ }
        }
        END { if (done) printf "%.3f %.3f %d\n", own * 1000, (done - join) * 1000, left; else exit 1 }'
}

# Prints one packet a line, which -v alone does not. The capture goes to a file and is read later, because a tcpdump that
# wakes up for each packet would be part of the figures. The node knows the names of the interfaces.
captured() {
    in_node ingest tcpdump -nn -tt -v -r "$WORK/join.pcap" 2>/dev/null | sed -e ':a;N;$!ba;s/\n[ \t]\+/ /g'
}

one_join() { # KIND GROUP: its figures go to a file of that kind
    spawn capture ingest tcpdump -i any -U -w "$WORK/join.pcap" \
        'udp port 53 or udp port 2268 or proto 103 or udp port 5001'
    until_true "the capture" logged capture 'listening on'
    spawn sender source "$PEERS/source" --interface eth0 --source 192.0.2.10 --group "$2" --rate 1000 --count 60000 --size 100
    receiver_up viewer 192.0.2.10 "$2" --count 20
    finish viewer none
    until_true "a $1 join is seen whole" eval 'captured | take_apart >"$WORK/join"'
    cat "$WORK/join" >>"$WORK/$1"
    finish capture INT
    finish sender
}

one_round() { # ROUND
    mcingestd_up
    until_true "FRR says Hello" neighbor_there
    until_true "FRR knows us" frr_knows_us
    one_join cold "232.1.1.$1"
    until_true "the cold channel is left" no_channels # its packets would be taken for answers
    one_join warm "232.1.2.$1"
    finish mcingestd
}

median() { # FILE FIELD
    cut -d' ' -f"$2" "$1" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

report() { # KIND
    local own whole trips worst
    own=$(median "$WORK/$1" 1) whole=$(median "$WORK/$1" 2) trips=$(median "$WORK/$1" 3)
    worst=$(cut -d' ' -f1 "$WORK/$1" | sort -n | tail -1)
    # shellcheck disable=SC2059
    printf "$row" "$1, $delay ms" "$rtt" "$trips" "$whole" "$own" "$worst"
    jq --arg name "join-$1-${delay}ms" --argjson own "$own" --argjson trips "$trips" --argjson whole "$whole" --argjson rtt "$rtt" \
        '.[$name] = {round_trips: $trips, own_ms: $own, whole_ms: $whole, rtt_ms: $rtt}' build/bench.json >build/bench.json.new
    mv build/bench.json.new build/bench.json
}

joins_at() { # DELAY
    delay=$1
    export LAB_DELAY_MS=$1
    LAB_IS_UP=0
    lab_up
    relay_up
    rtt=$(in_node ingest ping -c 5 -i 0.2 -q 203.0.113.15 | sed -n 's|.*= [0-9.]*/\([0-9.]*\)/.*|\1|p')
    rm -f "$WORK/cold" "$WORK/warm"
    for ((round = 1; round <= ROUNDS; round++)); do
        one_round $round
    done
    finish relay
    report cold
    report warm
}

mkdir -p build
[[ -s build/bench.json ]] || echo '{}' >build/bench.json
# shellcheck disable=SC2059
printf "$row" JOIN 'RTT (ms)' 'ROUND TRIPS' 'WHOLE (ms)' 'OWN (ms)' 'WORST OWN (ms)'
for each in ${DELAYS:-0 10 50}; do
    joins_at "$each"
done
