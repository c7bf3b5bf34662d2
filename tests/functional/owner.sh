#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# One daemon owns the programs and maps of a box. A second one, whatever its socket, configuration and interfaces are,
# names the first and ends with status 2. It has changed nothing, and the first goes on without a lost packet.
. "$(dirname "$0")/lib.sh"

d=$BUILD/mcingestd

what_is_there() { # everything that a daemon adds to the kernel, or writes
    in_node ingest bash -c 'find /sys/fs/bpf /run/mcingest /var/lib/mcingest -printf "%p %i %s\n" | sort
        for i in lan0 wan0; do tc filter show dev $i ingress; ip -d link show $i; done' 2>/dev/null |
        sed 's/ numtxqueues.*//'
}

pins() { in_node ingest ls -A /sys/fs/bpf | grep -v "\.debug$"; } # which the kernel puts there

is_refused() { # WHAT OPTION...
    local what=$1 before after output got
    before=$(what_is_there)
    output=$(in_node ingest timeout 20 "$d" "${@:2}" 2>&1)
    got=$?
    after=$(what_is_there)
    is "$what: status" $got 2
    like "$what: names the first" "$output" "process $pid is mcingestd already"
    is "$what: one line" "$(wc -l <<<"$output")" 1
    is "$what: has changed nothing" "$(diff <(echo "$before") <(echo "$after"))" ""
}

everything_up
pid=$(api status .pid)
receiver_up viewer 192.0.2.10 232.1.1.1 --last 3999 --timeout 120
until_true "the channel is joined" channel_is 192.0.2.10 232.1.1.1 joined
spawn sender source "$PEERS/source" --interface eth0 --source 192.0.2.10 --group 232.1.1.1 --rate 500 --count 4000 --size 200
until_true "data come" channel_is 192.0.2.10 232.1.1.1 receiving

printf '[daemon]\nstate = /run/mcingest/two\n[limits]\nchannels = 7\n' >"$WORK/other.conf"
is_refused "the same options" --downstream lan0
is_refused "another socket" --downstream lan0 --socket /run/mcingest/two.sock
is_refused "another configuration, interfaces the other way round" --downstream wan0 --upstream lan0 \
    --socket /run/mcingest/two.sock --config "$WORK/other.conf"

finish sender none
finish viewer none
is "the first has lost nothing" "$(summary viewer received) $(summary viewer missing) $(summary viewer duplicates)" "4000 0 0"
is "and goes on" "$(api status .pid)" "$pid"

# A process that is gone owns nothing, however it ended
finish mcingestd KILL
mcingestd_up
ok "after a SIGKILL the next one starts" true
finish mcingestd
verdict $? "and ends well" || true
is "nothing is left" "$(pins)" ""

# Ten at once, on sockets of their own: one of them wins, whichever it is
winners() { grep -l ' ready$' "$WORK"/racer*.log 2>/dev/null | wc -l; }
losers() { grep -l 'is mcingestd already' "$WORK"/racer*.log 2>/dev/null | wc -l; }
decided() { (($(winners) + $(losers) == 10)); }
for i in {1..10}; do
    spawn "racer$i" ingest "$d" --downstream lan0 --socket "/run/mcingest/racer$i.sock"
done
until_true "all ten have decided" decided
is "one of ten starts" "$(winners) $(losers)" "1 9"
for i in {1..10}; do finish "racer$i"; done
is "and leaves nothing" "$(pins)" ""
finished
