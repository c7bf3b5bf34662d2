#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The daemon's clocks: the wall clock jumps by ten years to and fro, and nothing is lost but the order of the log's stamps. The
# machine is suspended for an hour, in which router and relay forget us: all is well again within 30 seconds.
. "$(dirname "$0")/lib.sh"

YEARS=$((10 * 365 * 86400))
cc -O2 -D_GNU_SOURCE -shared -fPIC tests/lab/clocks.c -o "$WORK/clocks.so"

set_clocks() { # SECONDS that are added to CLOCK_MONOTONIC, CLOCK_BOOTTIME, CLOCK_REALTIME
    printf '%12d%12d%12d' "$@" 1<>"$WORK/clocks"
}

lab_up
relay_up
set_clocks 0 0 0
printf '[pim]\nhello = 3\n' >"$WORK/mcingest.conf" # FRR forgets us in ten seconds, not in 105
spawn mcingestd ingest env CLOCKS="$WORK/clocks" LD_PRELOAD="$WORK/clocks.so" \
    ASAN_OPTIONS="$ASAN_OPTIONS:verify_asan_link_order=0" "$BUILD/mcingestd" --downstream lan0 --config "$WORK/mcingest.conf"
until_true "mcingestd starts" logged mcingestd ' ready$'
until_true "FRR says Hello" neighbor_there
until_true "FRR knows us" frr_knows_us

# The wall clock

said() { grep -c "$1" "$WORK/mcingestd.log"; }
jumped() { (($(said 'the wall clock was set') == $1)); }

receiver_up viewer 192.0.2.10 232.1.1.1 --last 3999 --timeout 120
until_true "the channel is joined" channel_is 192.0.2.10 232.1.1.1 joined
spawn sender source "$PEERS/source" --interface eth0 --source 192.0.2.10 --group 232.1.1.1 --rate 1000 --count 4000 --size 200
until_true "data come" channel_is 192.0.2.10 232.1.1.1 receiving
set_clocks 0 0 $YEARS
until_true "the wall clock is set forward" jumped 1
like "the log's stamps follow" "$(tail -n 1 "$WORK/mcingestd.log")" "^$(($(date +%Y) + 10))-"
set_clocks 0 0 -$YEARS
until_true "the wall clock is set back" jumped 2
finish viewer none
is "no packet was lost, none came twice" "$(summary viewer received) $(summary viewer duplicates)" "4000 0"
is "nobody was told anew" "$(said 'pim: Hello on lan0 from 10.0.0.1')" 1
is "no state has changed" "$(said '232.1.1.1) failed\|232.1.1.1) discovering')" 1
receiver_up other 198.51.100.77 233.44.15.9 --seconds 600
until_true "a new source is looked up by the clock of ten years ago" channel_is 198.51.100.77 233.44.15.9 joined
set_clocks 0 0 0
until_true "the wall clock is right again" jumped 3

# The machine is suspended: the process stands still, and so does CLOCK_MONOTONIC

receiver_up holder 192.0.2.10 232.1.1.1 --seconds 600
until_true "the channel is joined again" channel_is 192.0.2.10 232.1.1.1 joined
forgotten() { ! frr_knows_us; }
stopped=$SECONDS
kill -STOP "${PIDS[mcingestd]}"
finish relay
until_true "the router forgets us" forgotten
relay_up
spawn endless source "$PEERS/source" --interface eth0 --source 192.0.2.10 --group 232.1.1.1 --rate 100 --count 60000 --size 200
hellos=$(said 'pim: Hello on lan0 from 10.0.0.1')
set_clocks $((stopped - SECONDS)) 3600 0
woken=$SECONDS
kill -CONT "${PIDS[mcingestd]}"
log_says "the daemon notices" mcingestd 'suspended, or this process stopped, for 36[0-9][0-9] s'
is "it introduces itself to the routers anew" "$(said 'pim: Hello on lan0 from 10.0.0.1')" $((hellos + 1))
until_true "the router knows us" frr_knows_us
receiver_up again 192.0.2.10 232.1.1.1 --count 10 --timeout 120
finish again none
is "data come again" "$(summary again received)" 10
back=$((SECONDS - woken))
ok "within 30 seconds: $back s" test $back -le 30

finished
