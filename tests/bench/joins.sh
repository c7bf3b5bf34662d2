#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# 5,000 joins a second for 20 seconds; each is a channel of an unknown source, behind one of 1,000 relays. Nine in a
# hundred DNS answers are late, by 0.2 to 2 s, and so out of order; one in a hundred questions is not answered the
# first time. Measured are the channels that are joined within a minute after the last Join, at the daemon and at
# the relays; the time from the Join to the Update (`p50_ms`, `p99_ms`), and from the DNS answer to the Update
# (`after_dns_p99_ms`); the daemon's memory, and its longest stall.
#
# Uses the namespaces of box.sh; one process is all relays. Prints the figures, and writes "joins-5k-per-s" into build/bench.json.
set -euo pipefail
. "$(dirname "$0")/box.sh"

JOINS=${JOINS:-100000} RATE=${RATE:-5000} RELAYS=1000 ENTRIES=50
LATE=${LATE-9} NEVER=${NEVER-1} PATIENCE=60

# Sources 198.18.0.0 and on; their relays in turn.
write_zones() {
    for zone in 18 19; do
        zone_head 127.0.0.1 >/run/zones/$zone
    done
    awk -v joins="$JOINS" -v relays=$RELAYS 'BEGIN {
        for (i = 0; i < joins; i++) {
            relay = i % relays + 1
            printf "%d.%d AMTRELAY 10 0 1 100.100.%d.%d\n", i % 256, i / 256 % 256, relay / 256, relay % 256 \
                >>("/run/zones/" 18 + int(i / 65536))
        }
    }'
}

start_dns() {
    write_zones
    {
        named_options 'port 5353 { 127.0.0.1; }'
        for zone in 18 19; do
            echo "zone \"$zone.198.in-addr.arpa\" { type primary; file \"/run/zones/$zone\"; };"
        done
    } >/run/named.conf
    ip netns exec net named -f -n 1 -c /run/named.conf >/run/named.log 2>&1 &
    ip netns exec net "$BUILD/tests/peers/slowdns" --listen 100.64.7.1 --server 127.0.0.1 --server-port 5353 \
        --late "$LATE" --never "$NEVER" >/run/slowdns.log 2>&1 &
    slowdns=$!
    for ((i = 0; i < 200; i++)); do
        ip netns exec net dig +noall +answer +tries=1 +time=1 -p 5353 @127.0.0.1 19.198.in-addr.arpa SOA | grep -q root && return
        sleep 0.05
    done
    die "named does not answer"
}

start_relays() {
    ip -n net route add local 100.100.0.0/22 dev lo # their addresses
    ip netns exec net "$BUILD/tests/peers/relay" --interface lo --no-upstream --quiet >/run/relay.log 2>&1 &
    relay=$!
}

cat_config() {
    cat <<END
[limits]
channels = 131072
joins = 131072
tunnels = 16384
discoveries = 1000000
network_discoveries = 1000000
new_relays = 1000000
unanswered_relays = 65535
[dns]
server = 100.64.7.1
END
}

# Looking

status() { "$BUILD/mcingest" status --json | jq "$1"; }
joined() { status '.channels | .joined + .receiving'; }

at_relays() { # how many channels the relays were told of
    kill -USR1 $relay
    for ((i = 0; i < 100; i++)); do
        grep -q '^.*data: in' /run/relay.log && break
        sleep 0.1
    done
    sed -n 's/.*endpoint .* channels \([0-9]*\)$/\1/p' /run/relay.log | awk '{ n += $1 } END { print n + 0 }'
}

make_net
start_dns
start_relays
cat_config >/run/mcingest.conf
start_daemon
sleep 1

cpu=$(cpu_ms)
profile_on
joins_of --sources "$JOINS" --groups 1 --entries $ENTRIES --rate $((RATE / ENTRIES))
end=$((SECONDS + PATIENCE)) joined_at_once=$(joined)
until [[ $(joined) == "$JOINS" ]] || ((SECONDS >= end)); do
    sleep 0.5
done
[[ ! ${PERF-} ]] || { kill -INT "$profile"; wait "$profile" || true; }

joined=$(joined) cpu=$(($(cpu_ms) - cpu)) told=$(at_relays)
stall=$(status .longest_stall_ms)
status .channels >&2
rss=$(awk '/^VmHWM/ { printf "%.1f\n", $2 / 1024 }' /proc/"$daemon"/status)
"$BUILD/mcingest" channels --json >/run/channels
kill $slowdns
wait $slowdns
cat /run/slowdns.log >&2
stop_daemon

times=$(jq 'def at(q): sort | if length == 0 then null else .[length * q | floor] end;
    [.channels[].trace | select(.update_sent)] as $all |
    {p50_ms: [$all[].update_sent] | at(0.5), p99_ms: [$all[].update_sent] | at(0.99),
     after_dns_p99_ms: [$all[] | .update_sent - .dns_answered] | at(0.99)}' /run/channels)

report joins-5k-per-s '{asked: $asked, joined: $joined, at_relays: $told, at_the_last_join: $at_once, rss_mib: $rss,
    cpu_s: ($cpu / 1000), longest_stall_ms: $stall} + $times' \
    --argjson asked "$JOINS" --argjson joined "$joined" --argjson at_once "$joined_at_once" --argjson told "$told" \
    --argjson rss "$rss" --argjson cpu "$cpu" --argjson stall "$stall" --argjson times "$times"
