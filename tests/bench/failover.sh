#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# The relay of a channel with 1,000 packets a second dies, and another relay takes over. Measured is the time
# without data at the receiver, from the last packet before to the first one after. Both relays are 20 ms away,
# there and back. The relay dies in two ways, each ROUNDS times: killed, so that its host sends ICMP errors; and
# stopped, so that nobody says anything.
#
# Prints a line of a table for each way, and writes "failover" into build/bench.json.
BUILD=${BUILD:-build}
. "$(dirname "$0")/../functional/lib.sh"

export LAB_DELAY_MS=10
ROUNDS=${ROUNDS:-5}
S=192.0.2.45 ONE=203.0.113.15 TWO=203.0.113.16
row='%-12s %-16s %s\n'

served_by() { [[ $(channel $S "$group" '"\(.relay) \(.state)"') == "$1 receiving" ]]; }

one_round() { # KIND SIGNAL GROUP: its gap, in ms, goes to a file of that kind
    group=$3
    relay_at one --address $ONE
    mcingestd_up
    until_true "FRR says Hello" neighbor_there
    until_true "FRR knows us" frr_knows_us
    receiver_up viewer $S "$group" --seconds 600
    spawn sender source "$PEERS/source" --interface eth0 --source $S --group "$group" --rate 1000 --count 60000 --size 1316
    until_true "the first by precedence serves" served_by $ONE
    sleep "3.$((RANDOM % 900 + 100))" # a steady flow; at no special moment of the daemon's looks
    if [[ $2 == KILL ]]; then finish one KILL; else kill "-$2" "${PIDS[one]}"; fi
    until_true "the other takes over" served_by $TWO
    sleep 0.5
    finish viewer
    finish sender
    finish mcingestd
    [[ $2 == KILL ]] || finish one KILL
    summary viewer gap_ms >>"$WORK/$1"
    is "no packet came twice" "$(summary viewer duplicates)" 0 >/dev/null || exit 1
}

worst() { sort -n "$WORK/$1" | tail -1; }
median() { sort -n "$WORK/$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

report() { # KIND
    # shellcheck disable=SC2059
    printf "$row" "$1" "$(median "$1")" "$(worst "$1")"
}

lab_up
relay_at two --address $TWO
# shellcheck disable=SC2059
printf "$row" RELAY 'GAP (ms), MEDIAN' WORST
for ((round = 1; round <= ROUNDS; round++)); do
    one_round killed KILL "232.2.1.$round"
    one_round stopped STOP "232.2.2.$round"
done
report killed
report stopped

mkdir -p build
[[ -s build/bench.json ]] || echo '{}' >build/bench.json
jq --argjson rounds "$ROUNDS" --argjson gap "$(median killed)" --argjson worst "$(worst killed)" \
    --argjson stopped "$(median stopped)" --argjson stopped_worst "$(worst stopped)" \
    '.failover = {rounds: $rounds, gap_s: ($gap / 1000), worst_s: ($worst / 1000),
        unsaid_gap_s: ($stopped / 1000), unsaid_worst_s: ($stopped_worst / 1000)}' build/bench.json >build/bench.json.new
mv build/bench.json.new build/bench.json
