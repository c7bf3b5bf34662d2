# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
#
# What is looked at: the daemon's size all the time, and now and then, at rest, its channels, the account and the maps.

# Size: a line every two seconds, time, RSS in KiB, descriptors, threads, timers, channels, joins and leaves so far

size_now() {
    local pid rss threads status joins
    pid=$(<"$WORK/pid")
    rss=$(awk '/^VmRSS:/ { print $2 }' "/proc/$pid/status") || return
    threads=$(awk '/^Threads:/ { print $2 }' "/proc/$pid/status") || return
    status=$(api status '"\(.timers) \(.channels | add)"') || return
    joins=$(tail -qn 1 "$WORK/router4.log" "$WORK/router6.log" | awk '/^joins/ { j += $2; l += $4 } END { print j + 0, l + 0 }')
    [[ $rss && $status ]] || return
    echo "$EPOCHREALTIME $rss $(find "/proc/$pid/fd" -mindepth 1 | wc -l) $threads $status $joins"
}

samples_start() {
    : >"$WORK/samples.log"
    (
        trap - EXIT INT TERM HUP # they are the test's
        while :; do
            size_now >>"$OUT/samples" 2>/dev/null
            sleep 2
        done
    ) &
    PIDS[samples]=$!
}

samples_stop() { finish samples || true; }

judged() { # from|to: the time in which the process is one, and does not grow
    echo "$1 $EPOCHREALTIME" >>"$OUT/judged"
}

# At rest

channels_in() { # STATE...: how many
    local state sum=0
    for state; do sum=$((sum + $(api status ".channels.$state"))); done
    echo $sum
}

all_wanted_are_joined() {
    api status .channels
    echo "wanted: $(routers_want) and $WATCHED_CHANNELS"
    [[ $(channels_in joined receiving) == "$((WATCHED_CHANNELS + $(routers_want)))" && $(channels_in discovering connecting failed) == 0 ]]
}

only_watched_are_left() { [[ $(channels_in discovering connecting joined receiving failed) == "$WATCHED_CHANNELS" ]]; }

pinned() { # MAP
    in_node ingest bpftool -j map dump pinned "/sys/fs/bpf/mcingest/$1"
}

maps_agree() { # with the daemon: as many entries as channels, and as tunnels of each family
    local channels tunnels
    channels=$(($(pinned channels4 | jq length) + $(pinned channels6 | jq length)))
    tunnels=$(pinned tunnels | jq length)
    [[ $channels == "$WATCHED_CHANNELS" && $tunnels == "$(api tunnels '.tunnels | length')" ]] ||
        { echo "$channels channels, $tunnels tunnels are in maps, $(api tunnels '.tunnels | length') tunnels in the daemon"; false; }
}

look_at_rest() { # ACCOUNT: data, wan or none (lib.sh). Then channels receive again, and nobody wants others
    local at=$EPOCHREALTIME
    LOOKS=$((${LOOKS-0} + 1))
    routers USR1
    until_true "look $LOOKS: every wanted channel is joined" all_wanted_are_joined
    verdict 0 "look $LOOKS: every wanted channel is joined, $(routers_want) and $WATCHED_CHANNELS"
    routers HUP
    until_true "look $LOOKS: what nobody wants any more is left" only_watched_are_left
    senders STOP
    if [[ $1 == none ]]; then
        echo "# look $LOOKS: our programs were taken away, so the account does not close"
    else
        accounts_close "look $LOOKS: every packet has its place" "$1"
        echo "# $(account_differs | xargs)"
    fi
    until_true "look $LOOKS: maps and daemon agree" maps_agree
    size_now >>"$OUT/rests"
    accounts_open
    senders CONT
    echo "rest $at $EPOCHREALTIME $EPOCHREALTIME $EPOCHREALTIME 0 0" >>"$OUT/faults"
}
