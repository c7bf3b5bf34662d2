#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# A full line: the programs and the slow path keep a channel's rate; above the rate of all, or of a LAN, whole channels are
# stopped, the least wanted first, new ones are refused, and they come back.
. "$(dirname "$0")/lib.sh"

S=192.0.2.10
over() { api counters .drops.over_rate; }
over_in_kernel() { # without a daemon to ask
    in_node ingest bpftool -j map lookup pinned /sys/fs/bpf/mcingest/drops key hex 12 00 00 00 | jq '[.formatted.values[].value] | add'
}
packets() { channel $S "$1" .packets; }
arrived() { (($(packets "$1") + $(over) >= $2)); } # GROUP PACKETS, with those above the rate
running() { [[ $(api channels '[.channels[] | select(.state == "receiving") | .group] | sort | join(" ")') == "$*" ]]; }
stopped() { channel $S "$1" "\"\(.state) \(.stopped.limit) \(.stopped.interfaces | join(\" \")) \(.stopped.reason)\""; }
is_stopped() { [[ $(channel $S "$1" .stopped.limit) == "$2" ]]; } # GROUP LIMIT
configure() { printf '%s\n' '[dataplane]' "mode = $1" '[limits]' "${@:2}" >"$WORK/rate.conf"; }
everything_up_in() { # MODE LINE...: of [limits], and what follows
    configure "$@"
    lab_up
    [[ ${PIDS[relay]-} ]] || relay_up
    mcingestd_up --config "$WORK/rate.conf"
    until_true "FRR says Hello" neighbor_there
    until_true "FRR knows us" frr_knows_us
}
steady() { # GROUP: a megabit a second for as long as the test lasts
    spawn "to-$1" source "$PEERS/source" --interface eth0 --source $S --group "$1" --rate 100 --count 100000 --size 1222
}

for mode in tc xdp; do
    [[ $mode == tc ]] || in_node access ethtool -K up0 gro on
    everything_up_in $mode 'channel_rate = 1M' '[policy]' 'prefix = 232.1.1.2 channel_rate 1G'
    accounts_open
    receiver_up one $S 232.1.1.1 --seconds 600
    receiver_up two $S 232.1.1.2 --seconds 600
    until_true "joined" channel_is $S 232.1.1.1 joined
    until_true "joined" channel_is $S 232.1.1.2 joined
    begin=$EPOCHREALTIME
    send $S 232.1.1.1 --rate 1000 --count 3000 --size 1222 >/dev/null
    until_true "$mode: all have their place" arrived 232.1.1.1 3000
    end=$EPOCHREALTIME
    got=$(packets 232.1.1.1)
    # 10,000 bits a packet; 64 KiB come at once, and the clock of the programs is a tick of 10 ms late at most
    most=$(((${end/./} - ${begin/./} + 10000) / 10000 + 65536 / 1250 + 1))
    ok "$mode: a channel above its rate goes on at its rate: $got packets, $most at most" test "$got" -le $most
    ok "$mode: and no slower" test "$got" -ge $((3000 * 10 / 100))
    is "$mode: what is above it is dropped and counted" "$(($(over) + got))" 3000
    is "$mode: of the channel" "$(channel $S 232.1.1.1 '"\(.dropped.over_rate) \(.rate_limit) \(.stopped)"')" "$(over) 1000000 null"
    send $S 232.1.1.2 --rate 1000 --count 1000 --size 1222 >/dev/null
    until_true "$mode: a prefix has a rate of its own" arrived 232.1.1.2 $((1000 + 3000 - got))
    is "$mode: and loses nothing" "$(packets 232.1.1.2)" 1000
    log_says "$mode: the log names it" mcingestd '232\.1\.1\.1\) brings .*Mbit/s.*channel_rate'
    accounts_close "$mode: every packet has its place"

    # The programs go on, and so does the next daemon.
    before=$(over)
    finish mcingestd KILL
    send $S 232.1.1.1 --rate 1000 --count 1000 --size 1222 >/dev/null
    ok "$mode: the rate is kept for a killed daemon" test "$(over_in_kernel)" -gt "$before"
    mcingestd_up --config "$WORK/rate.conf"
    until_true "$mode: taken over" channel_is $S 232.1.1.1 receiving
    before=$(over)
    send $S 232.1.1.1 --rate 1000 --count 1000 --size 1222 >/dev/null
    ok "$mode: and by the next one" test "$(over)" -gt "$before"
    finish one
    finish two
    finish mcingestd
done

# What the relay must fragment takes the slow path.
everything_up_in tc 'channel_rate = 1M'
receiver_up one $S 232.1.1.1 --seconds 600
until_true "joined" channel_is $S 232.1.1.1 joined
accounts_open
send $S 232.1.1.1 --rate 1000 --count 1000 --size 1472 >/dev/null
until_true "slow path: all have their place" arrived 232.1.1.1 1000
is "slow path: what is above the rate is dropped and counted" "$(($(over) + $(packets 232.1.1.1)))" 1000
is "slow path: all others took it" "$(channel $S 232.1.1.1 '.slow_packets == .packets and .packets < 1000')" true
accounts_close "slow path: every packet has its place"
finish one
finish mcingestd

# Whole channels make room, as `rate` says of all, and as `lan_rate` says of a LAN.
for limit in rate lan_rate; do
    value=$([[ $limit == rate ]] && echo 2200k || echo 'lan0 2200k')
    everything_up_in auto "$limit = $value" '[policy]' 'prefix = 232.1.1.1 priority 1'
    for n in 1 2 3; do
        receiver_up "r$n" $S 232.1.1.$n --seconds 600
        until_true "joined" channel_is $S 232.1.1.$n joined
        steady 232.1.1.$n
    done
    until_true "$limit: one is stopped" is_stopped 232.1.1.1 $limit
    is "$limit: the lowest priority, though it is the oldest" "$(stopped 232.1.1.1 | sed 's/ stopped:.*//')" "failed $limit lan0"
    until_true "$limit: the others go on" running 232.1.1.2 232.1.1.3
    receiver_up r4 $S 232.1.1.4 --seconds 600
    until_true "$limit: a new one is refused" is_stopped 232.1.1.4 $limit
    like "$limit: and says why" "$(channel $S 232.1.1.4 .reason)" "^refused: .*'$limit'"
    like "$limit: people see it" "$(in_node ingest "$BUILD/mcingest" channels -v 232.1.1.1)" "stopped: .*'$limit'"
    like "$limit: and the line" "$(in_node ingest "$BUILD/mcingest" status)" "Limit .* of 2\.2 Mb/s, full, 2 channels stopped"
    is "$limit: as programs do" "$(api status '.rates[] | "\(.limit) \(.interface) \(.full) \(.stopped)"')" \
        "$limit $([[ $limit == rate ]] && echo null || echo lan0) true 2"
    log_says "$limit: the log says who and why" mcingestd '232\.1\.1\.1\) stopped, which brought .* Mbit/s of 2\.2'
    finish to-232.1.1.2
    finish to-232.1.1.3
    steady 232.1.1.4
    until_true "$limit: when there is room they come back" running 232.1.1.1 232.1.1.4
    is "$limit: nobody is stopped" "$(api status '.rates[0].stopped')" 0
    for n in 1 2 3 4; do finish "r$n"; done
    finish to-232.1.1.1
    finish to-232.1.1.4
    finish mcingestd
done
finished
