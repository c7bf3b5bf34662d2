#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Two daemons on one box, each with a name, a LAN and a WAN of its own. Both serve at once; a death, a restart or a stop of one
# is none of the other's. An interface belongs to one of them: who wants a second one's is told whose it is.
. "$(dirname "$0")/lib.sh"
export LAB_SHAPE="two-wans"

d=$BUILD/mcingestd
COUNT=3000

api_of() { # INSTANCE COMMAND [JQ]
    in_node ingest "$BUILD/mcingest" --instance "$1" "$2" --json | jq -r "${3-.}"
}

own_up() { # INSTANCE OPTION...
    spawn "$1" ingest "$d" --instance "$1" "${@:2}"
    until_true "$1 starts" logged "$1" ' ready$'
}

east_up() { own_up east --downstream lan0 --upstream wan0; }
west_up() { own_up west --downstream lan1 --igmp lan1 --upstream wan1; }

east_knows_frr() { [[ $(api_of east neighbors '.neighbors[0].address') == 10.0.0.2 ]]; }

state_of() { # INSTANCE: of its only channel
    api_of "$1" channels '.channels[0].state'
}
is_state() { [[ $(state_of "$1") == "$2" ]]; }

receives() { # NAME INTERFACE SOURCE GROUP; another one keeps the channel until the counts have been taken
    spawn "$1" receiver "$PEERS/receiver" --interface "$2" --source "$3" --group "$4" --last $((COUNT - 1)) --timeout 120
    spawn "$1-holder" receiver "$PEERS/receiver" --interface "$2" --source "$3" --group "$4" --seconds 600
}

join_both_lans() { # by FRR's PIM on lan0, by a host's IGMP on lan1
    receives viewer eth0 192.0.2.10 232.1.1.1
    receives host eth2 198.51.100.77 233.44.15.9
    until_true "east has joined" is_state east joined
    until_true "west has joined" is_state west joined
}

sends() { # NAME SOURCE GROUP: in the background
    spawn "$1" source "$PEERS/source" --interface eth0 --source "$2" --group "$3" --rate 500 --count $COUNT --size 500
}

send_to_both() {
    sends sender1 192.0.2.10 232.1.1.1
    sends sender2 198.51.100.77 233.44.15.9
    until_true "east receives" is_state east receiving
    until_true "west receives" is_state west receiving
}

all_arrive() { # WHAT
    local name
    for name in sender1 sender2 viewer host; do finish $name none; done
    for name in viewer host; do
        is "$1: $name has all packets, once" "$(summary $name received) $(summary $name duplicates)" "$COUNT 0"
        finish $name-holder
    done
}

restarted() { (($(grep -c ' ready$' "$WORK/$1.log") == 2)); }

no_channel_is_left() { [[ $(api_of east channels '.channels | length')$(api_of west channels '.channels | length') == 00 ]]; }

what_is_there() { # of both: pins, filters and XDP, sockets and state
    in_node ingest bash -c 'find /sys/fs/bpf /run /var/lib -printf "%p %i\n" | grep -E "/mcingest-(east|west)" | sort
        for i in lan0 wan0 lan1 wan1 lan2; do tc qdisc show dev $i; tc filter show dev $i ingress; ip link show $i; done' 2>/dev/null
}

refused() { # WHAT REGEX OPTION...
    local before output got
    before=$(what_is_there)
    output=$(in_node ingest timeout 60 "$d" "${@:3}" 2>&1)
    got=$?
    is "$1: status" $got 2
    like "$1: says why" "$output" "$2"
    is "$1: has changed nothing of the others" "$(diff <(echo "$before") <(what_is_there))" ""
}

pins() { in_node ingest ls -A /sys/fs/bpf | grep mcingest | tr '\n' ' '; }
clsact() { in_node ingest tc qdisc show | grep -c clsact; }

lab_up
# The box's own /run and /var/lib: the names of this test must not meet those of another lab's
in_node ingest sh -c 'mount -t tmpfs tmpfs /run && mount -t tmpfs tmpfs /var/lib'
ip -n "$LAB-ingest" link add lan1 type veth peer name eth2 netns "$LAB-receiver"
ip -n "$LAB-ingest" link add lan2 type veth peer name eth3 netns "$LAB-receiver"
ip -n "$LAB-ingest" addr add 10.3.0.1/24 dev lan1
ip -n "$LAB-ingest" addr add 10.4.0.1/24 dev lan2
ip -n "$LAB-receiver" addr add 10.3.0.10/24 dev eth2
for end in "ingest lan1" "ingest lan2" "receiver eth2" "receiver eth3"; do
    # shellcheck disable=SC2086 # words on purpose
    set -- $end
    ip -n "$LAB-$1" link set "$2" up
done
in_node access ethtool -K up0 gro on # so that lan0 and lan1 take frames from XDP
in_node receiver ethtool -K eth2 gro on
in_node receiver sysctl -qw net.ipv4.conf.eth2.force_igmp_version=3
relay_up

east_up
west_up
until_true "FRR says Hello" east_knows_frr
until_true "FRR knows us" frr_knows_us
is "each says its name" "$(api_of east status .instance) $(api_of west status .instance)" "east west"
is "their pins are told apart" "$(pins)" "mcingest-east mcingest-west "
like "so are their filters" "$(in_node ingest tc filter show dev wan0 ingress)" 'ingest_tc@east:\[[0-9]+\]'
like "so are their filters" "$(in_node ingest tc filter show dev lan1 ingress)" 'observe_tc@west:\[[0-9]+\]'
is "XDP on both WANs" "$(api_of east status '.interfaces[] | select(.role == "upstream") | "\(.name) \(.mode)"') $(
    api_of west status '.interfaces[] | select(.role == "upstream") | "\(.name) \(.mode)"')" "wan0 xdp wan1 xdp"

# Who may not start
east=$(api_of east status .pid) west=$(api_of west status .pid)
refused "a LAN of another's" "cannot attach to lan1: instance 'west' of mcingestd, process $west, has it: an interface belongs to one" \
    --instance north --downstream lan1 --upstream wan0
refused "a WAN of another's" "cannot attach to wan0: instance 'east' of mcingestd, process $east, has it" \
    --instance north --downstream lan2 --upstream wan0
refused "another's WAN as a LAN" "cannot attach to wan1: instance 'west' of mcingestd, process $west, has it" \
    --instance north --downstream wan1 --upstream lan2
refused "the WAN of the routes, without a name" "cannot attach to wan[01]: instance '(east|west)' of mcingestd, process [0-9]+, has it" \
    --downstream lan2
refused "a name that is taken" "process $east is mcingestd already, and owns /sys/fs/bpf/mcingest-east: .* --instance NAME" \
    --instance east --downstream lan2 --upstream lan2
printf '[daemon]\nstate = /var/lib/mcingest-west\n' >"$WORK/state.conf"
refused "a state folder that is taken" "process $west has /var/lib/mcingest-west: give each" \
    --instance north --downstream lan2 --upstream lan2 --config "$WORK/state.conf"
refused "a socket that is taken" "another mcingestd answers on /run/mcingest-west/control.sock: .* by --instance" \
    --instance north --downstream lan2 --upstream lan2 --socket /run/mcingest-west/control.sock
refused "a name that leads elsewhere" '--instance ../east: expected a name of at most 32 letters' \
    --instance ../east --downstream lan2

# Data, while one of them dies, restarts, stops
join_both_lans
send_to_both
all_arrive "both at once"
until_true "the channels end" no_channel_is_left

join_both_lans
send_to_both
finish east KILL
is "east is dead, its pins stay" "$(pins)" "mcingest-east mcingest-west "
refused "a WAN of a dead one's" "cannot attach to wan0: instance 'east' of mcingestd, which has left its programs there, has it" \
    --instance north --downstream lan2 --upstream wan0
east_up
ok "west restarts" in_node ingest "$BUILD/mcingest" -i west restart
until_true "west has taken over" restarted west
all_arrive "a SIGKILL of east, a restart of west"
is "west is the same process" "$(api_of west status .pid)" "$west"
until_true "the channels end" no_channel_is_left

join_both_lans
send_to_both
finish west
verdict $? "west stops" || true
is "with all that was west's" "$(pins)" "mcingest-east "
is "the qdiscs on east's interfaces stay" "$(clsact)" 2
finish sender1 none
finish viewer none
is "east has lost nothing" "$(summary viewer received) $(summary viewer duplicates)" "$COUNT 0"
finish sender2
finish host
finish host-holder
finish viewer-holder

# The command
is "health of one by its name" "$(in_node ingest "$BUILD/mcingest" -i east health >/dev/null; echo $?)" 0
like "there is no west" "$(in_node ingest "$BUILD/mcingest" -i west status 2>&1)" 'no daemon answers on /run/mcingest-west/control.sock'
like "nor a daemon without a name" "$(in_node ingest "$BUILD/mcingest" status 2>&1)" 'no daemon answers on /run/mcingest/control.sock'
is "a name that leads elsewhere" "$(in_node ingest "$BUILD/mcingest" -i ../east status 2>&1; echo $?)" \
    "mcingest: no instance has a name like '../east' (see mcingest --help)
2"
in_node ingest "$BUILD/mcingest" -i west doctor >"$WORK/doctor" 2>&1
like "doctor names west's unit" "$(cat "$WORK/doctor")" 'systemctl start mcingestd@west'
ok "support takes what is east's" in_node ingest "$BUILD/mcingest" -i east support "$WORK/east.tar.gz"
like "its pins" "$(tar -xzOf "$WORK/east.tar.gz" --wildcards '*/programs.txt')" 'channels4'
finish east
verdict $? "east stops" || true
is "nothing is left" "$(pins)$(clsact)" "0"

# Metrics
printf '[metrics]\nlisten = yes\n' >"$WORK/metrics.conf"
own_up east --downstream lan0 --upstream wan0 --config "$WORK/metrics.conf"
own_up west --downstream lan1 --upstream wan1 --config "$WORK/metrics.conf"
log_says "a port that is taken" west 'no metrics: cannot listen on 127.0.0.1 port 9268: Address already in use; each instance needs a port of its own'
finish east
finish west
finished
