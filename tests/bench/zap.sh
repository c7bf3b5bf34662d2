#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# 2,000 hosts zap, 1,000 times a second for a minute, by IGMPv3 and then by MLDv2: each leaves its channel and joins another
# one of the same relay, by one report. The relay sends a packet of a channel at the moment at which it hears of it. Measured
# is the time from the report on the LAN to that packet on the LAN: a round trip to the relay, which is as near as the
# namespaces of box.sh, and the daemon's own time. A zap without a packet within a second is lost. Then all hosts leave: a
# channel that is there 30 seconds later, at the daemon or at the relay, is stuck.
#
# Prints the figures, and writes "zap" into build/bench.json.
set -euo pipefail
. "$(dirname "$0")/box.sh"

RATE=${RATE:-1000} SECONDS_EACH=${SECONDS_EACH:-60} HOSTS=${HOSTS:-2000} RING=${RING:-10000} PATIENCE=30

start_relay() {
    ip -n net addr add 203.0.113.1/32 dev lo
    ip netns exec net "$BUILD/tests/peers/relay" --interface lo --no-upstream --greet --channels 100000 --quiet \
        >/run/relay.log 2>&1 &
    relay=$!
}

cat_config() {
    cat <<END
[interfaces]
igmp = lan0
[relays]
ways = configured
amtrelay = 198.18.0.0/15 10 0 1 203.0.113.1
amtrelay = 2001:db8:5::/48 10 0 1 203.0.113.1
[limits]
memberships = 16384
END
}

known() { "$BUILD/mcingest" status --json | jq '.channels | add'; }

at_relay() { # channels that it still knows of
    kill -USR1 $relay
    for ((i = 0; i < 100; i++)); do
        grep -q 'data: in' /run/relay.log && break
        sleep 0.1
    done
    sed -n 's/.*endpoint .* channels \([0-9]*\)$/\1/p' /run/relay.log | awk '{ n += $1 } END { print n + 0 }'
    : >/run/relay.log
}

zaps() { # FAMILY HOST SOURCE GROUP
    local cpu end stuck stuck_there
    cpu=$(cpu_ms)
    ip netns exec lan "$BUILD/tests/peers/zapper" --interface eth0 --host "$2" --source "$3" --group "$4" \
        --channels "$RING" --hosts "$HOSTS" --rate "$RATE" --seconds "$SECONDS_EACH" >"/run/zaps$1" || true
    cpu=$(($(cpu_ms) - cpu)) end=$((SECONDS + PATIENCE))
    until [[ $(known) == 0 ]] || ((SECONDS >= end)); do
        sleep 0.2
    done
    stuck=$(known) stuck_there=$(at_relay)
    jq ". + {stuck: $stuck, stuck_at_relay: $stuck_there, cpu_share: ($cpu / 1000 / $SECONDS_EACH)}" "/run/zaps$1" >"/run/figures$1"
}

make_net
start_relay
cat_config >/run/mcingest.conf
start_daemon
sleep 1
profile_on
zaps 4 10.0.0.100 198.18.0.1 232.1.0.0
zaps 6 fe80::100 2001:db8:5::10 ff3e::8000:1
stall=$("$BUILD/mcingest" status --json | jq .longest_stall_ms)
rss=$(awk '/^VmHWM/ { printf "%.1f\n", $2 / 1024 }' /proc/"$daemon"/status)
[[ ! ${PERF-} ]] || { kill -INT "$profile"; wait "$profile" || true; }
stop_daemon

report zap '{rate: $rate, seconds: $seconds, igmp: $igmp[0], mld: $mld[0], rss_mib: $rss, longest_stall_ms: $stall}' \
    --argjson rate "$RATE" --argjson seconds "$SECONDS_EACH" --argjson rss "$rss" --argjson stall "$stall" \
    --slurpfile igmp /run/figures4 --slurpfile mld /run/figures6
