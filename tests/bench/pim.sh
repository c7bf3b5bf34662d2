#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# One neighbour joins 100,000 channels: 1,000 sources, each in 100 groups, behind four relays that
# BIND names. What the daemon's CPU, memory and loop make of it, until all of them are joined at the
# relays; in a minute in which all are joined anew, relays ask, and counters are read; and when all
# expire at one moment (it is stopped meanwhile).
#
# In namespaces of its own: box (lan0, wan0), lan (the neighbour), net (DNS, relays). Prints a table,
# and writes "pim-100k-joins" into build/bench.json. CPU is the daemon's, all threads, user and system;
# that of the kernel's work for packets is not in it.
set -euo pipefail
cd "$(dirname "$0")/../.."
export PATH=$PATH:/usr/sbin:/sbin

if [[ ${1-} != inside ]]; then
    exec unshare --mount --net --pid --fork --kill-child --mount-proc "$0" inside
fi

BUILD=${BUILD:-build}
SOURCES=1000 GROUPS_EACH=100 RELAYS=4 WINDOW=60 HOLDTIME=68
CHANNELS=$((SOURCES * GROUPS_EACH))

die() {
    echo "pim: $1" >&2
    tail -n 5 /run/*.log >&2
    exit 1
}

# Namespaces

make_net() {
    mount -t tmpfs tmpfs /run
    mkdir -p /run/named /run/zones
    mount -t bpf bpf /sys/fs/bpf
    mount -t tmpfs tmpfs /etc/bind
    ip link set lo up
    for node in lan net; do
        ip netns add $node
        ip -n $node link set lo up
    done
    ip link add lan0 type veth peer name eth0 netns lan
    ip link add wan0 type veth peer name eth0 netns net
    ip addr add 10.0.0.1/24 dev lan0
    ip addr add 100.64.7.2/24 dev wan0
    ip -n lan addr add 10.0.0.2/24 dev eth0
    ip -n net addr add 100.64.7.1/24 dev eth0
    for ((i = 1; i <= RELAYS; i++)); do
        ip -n net addr add 203.0.113.$i/32 dev lo
    done
    ip link set lan0 up
    ip link set wan0 up
    ip -n lan link set eth0 up
    ip -n net link set eth0 up
    ip -n net link add src0 type veth peer name src1
    ip -n net link set src0 up
    ip -n net link set src1 up
    ip route add default via 100.64.7.1
}

# Sources 198.18.0.0 and on; their relays in turn.
start_dns() {
    cat >/run/named.conf <<END
options { directory "/run/named"; pid-file none; listen-on { 100.64.7.1; }; listen-on-v6 { none; };
    recursion no; dnssec-validation no; empty-zones-enable no; notify no; session-keyfile none; };
controls { };
zone "18.198.in-addr.arpa" { type primary; file "/run/zones/198.18"; };
END
    {
        echo '$TTL 3600'
        echo '@ SOA ns root 1 3600 600 86400 60'
        echo '@ NS ns'
        echo 'ns A 100.64.7.1'
        for ((i = 0; i < SOURCES; i++)); do
            echo "$((i % 256)).$((i / 256)) AMTRELAY 10 0 1 203.0.113.$((i % RELAYS + 1))"
        done
    } >/run/zones/198.18
    ip netns exec net named -f -c /run/named.conf >/run/named.log 2>&1 &
}

start_relays() {
    for ((i = 1; i <= RELAYS; i++)); do
        ip netns exec net "$BUILD/tests/peers/relay" --interface src0 --address 203.0.113.$i --qqic $WINDOW --quiet \
            >/run/relay$i.log 2>&1 &
    done
}

start_daemon() {
    cat >/run/mcingest.conf <<END
[limits]
channels = 131072
joins = 131072
discoveries = 1000000
network_discoveries = 1000000
[dns]
server = 100.64.7.1
END
    "$BUILD/mcingestd" --config /run/mcingest.conf --downstream lan0 --upstream wan0 >/run/mcingestd.log 2>&1 &
    daemon=$!
    for ((i = 0; i < 200; i++)); do
        grep -q ' ready$' /run/mcingestd.log && return
        sleep 0.05
    done
    die "mcingestd does not start"
}

# Looking at the daemon

cpu_ms() { awk '{ ns += $1 } END { printf "%d\n", ns / 1e6 }' /proc/$daemon/task/*/schedstat; }
heap_kb() { awk '/^RssAnon/ { print $2 }' /proc/$daemon/status; }

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
    ip netns exec lan "$BUILD/tests/peers/neighbor" --interface eth0 --upstream 10.0.0.1 --source 198.18.0.0 \
        --sources $SOURCES --group 232.1.0.0 --groups $GROUPS_EACH --holdtime "$1" --rate "${RATE:-300}" >/dev/null
}

make_net
start_dns
start_relays
start_daemon
sleep 1

known='.channels | add'
cpu=$(cpu_ms) heap=$(heap_kb)
if [[ ${PERF-} ]]; then perf record -e cpu-clock -F 999 -g -o "$PERF" -p $daemon >/dev/null 2>&1 & profile=$!; fi
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
kill -STOP $daemon
sleep $((HOLDTIME - (SECONDS - refreshed) + 2))
kill -CONT $daemon
until_all 60 "$known" 0
expiry=$(($(cpu_ms) - cpu))
stall_expiry=$(stall)
((is_there == CHANNELS)) || die "$is_there channels after a minute"

kill $daemon
wait $daemon || die "mcingestd stopped with status $?"
[[ ! ${PERF-} ]] || wait $profile

mkdir -p build
[[ -s build/bench.json ]] || echo '{}' >build/bench.json
jq --argjson n $CHANNELS --argjson cpu $taken_in --argjson joined $joined --argjson share "$share" --argjson bytes $bytes \
    --argjson expiry $expiry --argjson a "$stall_joining" --argjson b "$stall_steady" --argjson c "$stall_expiry" \
    '.["pim-100k-joins"] = {channels: $n, cpu_s: ($cpu / 1000), joined_cpu_s: ($joined / 1000), refresh_cpu_share: $share,
        bytes_per_channel: $bytes, expiry_cpu_s: ($expiry / 1000), longest_stall_ms: ([$a, $b, $c] | max),
        stall_ms: {joining: $a, steady: $b, expiry: $c}}' build/bench.json >build/bench.json.new
mv build/bench.json.new build/bench.json
jq '.["pim-100k-joins"]' build/bench.json
