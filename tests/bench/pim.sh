#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# One neighbor joins 100,000 channels: 1,000 sources, each in 100 groups, behind four relays that BIND names. Measured
# are the daemon's CPU time, memory and longest stall, in three phases: until all channels are joined at the relays;
# in a minute in which all are joined anew, relays send Queries, and counters are read; and when all expire at one
# moment (the daemon is stopped meanwhile).
#
# Uses the namespaces of box.sh. Prints a table, and writes "pim-100k-joins" into build/bench.json. CPU is that of all
# threads of the daemon, user and system; the kernel's work for packets is not included.
set -euo pipefail
. "$(dirname "$0")/box.sh"

SOURCES=1000 GROUPS_EACH=100 RELAYS=4 WINDOW=60 HOLDTIME=68
CHANNELS=$((SOURCES * GROUPS_EACH))

# Sources 198.18.0.0 and on; their relays in turn.
start_dns() {
    {
        named_options '{ 100.64.7.1; }'
        echo 'zone "18.198.in-addr.arpa" { type primary; file "/run/zones/198.18"; };'
    } >/run/named.conf
    {
        zone_head 100.64.7.1
        for ((i = 0; i < SOURCES; i++)); do
            echo "$((i % 256)).$((i / 256)) AMTRELAY 10 0 1 203.0.113.$((i % RELAYS + 1))"
        done
    } >/run/zones/198.18
    ip netns exec net named -f -c /run/named.conf >/run/named.log 2>&1 &
}

start_relays() {
    ip -n net link add src0 type veth peer name src1
    ip -n net link set src0 up
    ip -n net link set src1 up
    for ((i = 1; i <= RELAYS; i++)); do
        ip -n net addr add 203.0.113.$i/32 dev lo
        ip netns exec net "$BUILD/tests/peers/relay" --interface src0 --address 203.0.113.$i --qqic $WINDOW --quiet \
            >/run/relay$i.log 2>&1 &
    done
}

cat_config() {
    cat <<END
[limits]
channels = 131072
joins = 131072
discoveries = 1000000
network_discoveries = 1000000
[dns]
server = 100.64.7.1
END
}

# Looking at the daemon

heap_kb() { awk '/^RssAnon/ { print $2 }' /proc/"$daemon"/status; }

look() { # JQ: of status; notes the longest stall of late
    local status
    status=$("$BUILD/mcingest" status --json) || die "no status"
    jq .longest_stall_ms <<<"$status" >>/run/stalls
    jq "$1" <<<"$status"
}

stall() { # the longest of those noted since the last call
    jq -s max /run/stalls
    rm /run/stalls
}

until_all() { # SECONDS JQ NUMBER
    local end=$((SECONDS + $1))
    until [[ $(look "$2") == "$3" ]]; do
        ((SECONDS < end)) || die "$2 is $(look "$2"), and should be $3"
        sleep 0.1
    done
}

joins() { # HOLDTIME
    joins_of --sources $SOURCES --groups $GROUPS_EACH --holdtime "$1" --rate "${RATE:-300}"
}

make_net
start_dns
start_relays
cat_config >/run/mcingest.conf
start_daemon
sleep 1

known='.channels | add'
cpu=$(cpu_ms) heap=$(heap_kb)
profile_on
joins 30
until_all 60 "$known" $CHANNELS
taken_in=$(($(cpu_ms) - cpu))
until_all 60 .channels.joined $CHANNELS
joined=$(($(cpu_ms) - cpu))
bytes=$((($(heap_kb) - heap) * 1024 / CHANNELS))
stall_joining=$(stall)

cpu=$(cpu_ms)
joins $HOLDTIME
refreshed=$SECONDS
sleep $WINDOW
share=$(jq -n "$(($(cpu_ms) - cpu)) / 1000 / $WINDOW")
is_there=$(look .channels.joined)
stall_steady=$(stall)

cpu=$(cpu_ms)
kill -STOP "$daemon"
sleep $((HOLDTIME - (SECONDS - refreshed) + 2))
kill -CONT "$daemon"
until_all 60 "$known" 0
expiry=$(($(cpu_ms) - cpu))
stall_expiry=$(stall)
((is_there == CHANNELS)) || die "$is_there channels after a minute"

stop_daemon
[[ ! ${PERF-} ]] || wait "$profile"

report pim-100k-joins '{channels: $n, cpu_s: ($cpu / 1000), joined_cpu_s: ($joined / 1000), refresh_cpu_share: $share,
    bytes_per_channel: $bytes, expiry_cpu_s: ($expiry / 1000), longest_stall_ms: ([$a, $b, $c] | max),
    stall_ms: {joining: $a, steady: $b, expiry: $c}}' \
    --argjson n $CHANNELS --argjson cpu $taken_in --argjson joined $joined --argjson share "$share" --argjson bytes $bytes \
    --argjson expiry $expiry --argjson a "$stall_joining" --argjson b "$stall_steady" --argjson c "$stall_expiry"
