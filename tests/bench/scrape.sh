#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# What Prometheus and the status page cost a box with 10,000 channels, 100 of which have series of their own: the time of a
# scrape as the client sees it, the daemon's CPU time meanwhile for each, and its length; the same for one look of the page,
# which is all that it asks for. The longest stall is that of the last minutes: with SETTLE=125, the joins are not part of it.
#
# Uses the namespaces of box.sh. Prints the figures, and writes "scrape" into build/bench.json.
set -euo pipefail
. "$(dirname "$0")/box.sh"

CHANNELS=${CHANNELS:-10000} SERIES=${SERIES:-100} SCRAPES=${SCRAPES:-200} PATIENCE=60

cat_config() {
    cat <<END
[limits]
channels = 16384
joins = 16384
discoveries = 1000000
network_discoveries = 1000000
[relays]
amtrelay = 198.18.0.0/15 10 1 1 100.64.7.1
[dns]
server = 100.64.7.1
[metrics]
listen = yes
channels = $SERIES
END
}

joined() { "$BUILD/mcingest" status --json | jq '.channels | .joined + .receiving'; }
scrape() { # its length
    bash -c 'exec 3<>/dev/tcp/127.0.0.1/9268 && printf "GET /metrics HTTP/1.0\r\n\r\n" >&3 && cat <&3' | wc -c
}
now_ms() { date +%s%3N; }

make_net
ip netns exec net "$BUILD/tests/peers/relay" --interface lo --no-upstream --quiet >/run/relay.log 2>&1 &
relay=$!
cat_config >/run/mcingest.conf
start_daemon
joins_of --sources "$CHANNELS" --groups 1 --entries 50 --rate 20
end=$((SECONDS + PATIENCE))
until [[ $(joined) == "$CHANNELS" ]] || ((SECONDS >= end)); do
    sleep 0.5
done

look() { # what the page asks for each two seconds
    local path
    for path in status doctor tunnels neighbors rates joins 'channels?order=rate&limit=50'; do
        bash -c 'exec 3<>/dev/tcp/127.0.0.1/9268 && printf "GET /api/%s HTTP/1.0\r\n\r\n" "$1" >&3 && cat <&3' sh "$path"
    done | wc -c
}
joined=$(joined) bytes=$(scrape) page_bytes=$(look)
sleep "${SETTLE:-10}"
cpu=$(cpu_ms) begun=$(now_ms)
for ((i = 0; i < SCRAPES; i++)); do
    scrape >/dev/null
done
took=$(($(now_ms) - begun)) cpu=$(($(cpu_ms) - cpu))
page_cpu=$(cpu_ms) begun=$(now_ms)
for ((i = 0; i < SCRAPES / 10; i++)); do
    look >/dev/null
    sleep 2
done
page_took=$(($(now_ms) - begun)) page_cpu=$(($(cpu_ms) - page_cpu))
stall=$("$BUILD/mcingest" status --json | jq .longest_stall_ms)
kill $relay
stop_daemon

report scrape '{channels: $joined, bytes: $bytes, ms: ($took / $scrapes),
    cpu_ms: ($cpu / $scrapes), page_bytes: $page_bytes, page_cpu_ms: ($page_cpu / ($scrapes / 10 | floor)),
    page_share: ($page_cpu / $page_took), longest_stall_ms: $stall}' --argjson joined "$joined" \
    --argjson bytes "$bytes" --argjson took "$took" --argjson cpu "$cpu" --argjson stall "$stall" \
    --argjson scrapes "$SCRAPES" --argjson page_bytes "$page_bytes" --argjson page_cpu "$page_cpu" --argjson page_took "$page_took"
