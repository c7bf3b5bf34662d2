# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
#
# The state of the daemon after all that, and the state of one that has just been started with the same inputs: they are the
# same, in the daemon's words and in the kernel's.

by_relay_one() { [[ $(api channels "[.channels[] | select(.relay == \"${TWO[0]}\" or .relay == \"${TWO[1]}\") | .source] | unique | join(\" \")") == "$ONLY_TWO" ]]; }
moved_and_left() { by_relay_one && none_held_down && [[ $(api tunnels '.tunnels | length') == 3 ]]; }
all_at_relay_one() {
    none_moves && [[ $(api channels "[.channels[] | select(.state == \"receiving\" and (.relay == \"${ONE[0]}\" or .relay == \"${ONE[1]}\"))] | length") == $((WATCHED_CHANNELS - 1)) ]]
}

prefer_relay_one() { # where DNS leaves no choice there is none
    harm_relay finish two KILL
    until_true "all that can move is at the first relay" all_at_relay_one
    relay_starts two
    until_true "the other relay serves what is its own" moved_and_left
    until_true "every channel receives" eval 'recovered && none_moves && all_are_received'
}

state_of_daemon() {
    api channels '.channels | map({source, group, state, relay, interfaces: (.interfaces | sort),
        wanted: (.wanted | map({interface, by, neighbor, state}) | sort)}) | sort_by(.source, .group)[]'
    api neighbors '.neighbors | map({interface, address, dr, holdtime_s, addresses}) | sort_by(.interface, .address)[]'
    api tunnels '.tunnels | map({relay, local, local_port, channels, igmp: .igmp.wanted, mld: .mld.wanted}) | sort_by(.relay)[]'
    api interfaces '.interfaces[] | {name, role, mode, mtu, pim: [.pim[]? | {family, address, neighbors, joins, dr}],
        igmp: .igmp.memberships, mld: .mld.memberships}'
    api status '"timers \(.timers)"'
}

# Without what counts, and what goes by the clock.
state_of_maps() {
    local map
    for map in channels4 channels6 tunnels moves lans; do
        pinned $map | jq -c --arg map $map '
            [.[].formatted | {map: $map, key: (.key // 0), value: (.value | del(.deadline_ns?, .slot?, .lan_set?))}] | sort[]' ||
            echo "$map cannot be read"
    done | grep -v '"key":[0-9].*"delivers"'
}

state_of_kernel() {
    local interface
    for interface in wan0 lan0 lan1 lan2; do
        echo "$interface $(in_node ingest tc filter show dev $interface ingress | grep -o '[a-z_]*_tc' | xargs) $(in_node ingest tc qdisc show dev $interface | grep -c clsact)"
        in_node ingest ip -j -d link show dev $interface | jq -c '.[0].xdp.mode'
    done
    in_node ingest find /sys/fs/bpf/mcingest ! -name 'channel_stats_*' | sort # counters stay for as many channels as there were
}

# The daemon looks after its programs now and then, and answers us: what is always open is the least of some looks.
state_of_process() {
    local counters look
    counters=$(in_node ingest find /sys/fs/bpf/mcingest -name 'channel_stats_*' | wc -l)
    for look in {1..5}; do
        find "/proc/${PIDS[mcingestd]}/fd" -mindepth 1 -printf '%l\n' | sed -E 's/[0-9]+//g' | sort | uniq -c
        sleep 0.3
    done | awk -v counters="$counters" '
        !($2 in least) || $1 < least[$2] { least[$2] = $1 }
        END { for (kind in least) print kind, least[kind] - (kind ~ /bpf-map/ ? counters : 0) }' | sort
    grep ^Threads "/proc/${PIDS[mcingestd]}/status"
}

state() {
    state_of_daemon
    state_of_maps
    state_of_kernel
    state_of_process
}

is_the_same() {
    state >"$OUT/state.fresh" 2>&1
    diff "$OUT/state.old" "$OUT/state.fresh"
}

compare_with_fresh_daemon() {
    echo "end $EPOCHREALTIME 0 0 0 - -" >>"$OUT/faults" # what is lost from now on is our own doing
    prefer_relay_one
    until_true "relays of sources that nobody wants are forgotten" eval '(($(api status .timers) <= TIMERS))'
    state >"$OUT/state.old" 2>&1
    finish mcingestd
    verdict $? "the daemon that was through it all ends well" || true
    is "and leaves nothing" "$(in_node ingest ls -A /sys/fs/bpf | grep -v '\.debug$')" ""
    daemon_starts
    until_true "a fresh daemon serves all" all_are_received
    until_true "the state after it all is that of a fresh daemon" is_the_same
    verdict 0 "the state after it all is that of a fresh daemon: $(wc -l <"$OUT/state.fresh") lines"
}

all_are_received() { [[ $(channels_in receiving) == "$WATCHED_CHANNELS" ]]; }
