#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# A box that is its own receiver: scripts/local-lan makes a pair of veths, on whose far end sockets of the box join, by the
# interface's name or by a route. Their data comes, the strictest reverse path filter or not, and they stay joined: the
# kernel answers the Queries that come from the box's own address.
. "$(dirname "$0")/lib.sh"

S=192.0.2.10 S6=2001:db8:5::10

local_host() { api status ".interfaces[] | select(.name == \"mc0\") | $1"; }
counter() { local_host ".$1.counters.$2"; }
asked_again() { (($(counter "$1" queries_sent) >= $2)); }
joins() { # NAME SOURCE GROUP [OPTION...]
    spawn "$1" ingest "$PEERS/receiver" --interface mc1 --source "$2" --group "$3" "${@:4}"
    until_true "$1 joins" logged "$1" '^joined'
}
carries_here() { # PROTOCOL SOURCE GROUP
    joins "viewer-$1" "$2" "$3" --last 1999 --timeout 120
    until_true "$1: the join opens the channel" channel_is "$2" "$3" joined
    send "$2" "$3" --rate 1000 --count 2000 --size 1350 >/dev/null
    finish "viewer-$1" none
    is "$1: a socket of the box has all packets, once, whole" \
        "$(summary "viewer-$1" received) $(summary "viewer-$1" duplicates) $(summary "viewer-$1" bad_payload)" "2000 0 0"
}
by_route() { # SOURCE GROUP [OPTION...]: a program that names no interface
    spawn "iperf-$2" ingest iperf -s -u -B "$2" -H "$1" "${@:3}"
    until_true "a route leads the join of $2 to mc1" channel_is "$1" "$2" joined
    ok "a join without an interface, of $2" true
    finish "iperf-$2"
}

lab_up
relay_up
in_node ingest sysctl -qw net.ipv4.conf.{all,default}.rp_filter=1 # as many distributions have it
ok "the pair is made" in_node ingest scripts/local-lan up
ok "and may be made again" in_node ingest scripts/local-lan up
printf '[igmp]\ninterval = 11\n' >"$WORK/conf"
LAN=mc0
mcingestd_up --igmp mc0 --config "$WORK/conf"
carries_here igmp $S 232.1.1.1
carries_here mld $S6 ff3e::8000:1
by_route $S 232.1.1.2
by_route $S6 ff3e::8000:2 -V

until_true "nobody is doubted any more" no_channels
joins stays $S 232.1.1.3 --seconds 600
joins stays6 $S6 ff3e::8000:3 --seconds 600
until_true "both are joined" channel_is $S6 ff3e::8000:3 joined
queries=$(counter mld queries_sent) # 32 seconds without an answer end a membership; six Queries take longer
until_true "six more Queries" asked_again mld $((queries + 6))
is "the box's own sockets answer its Queries, and stay joined" "$(channel $S 232.1.1.3 .state) $(channel $S6 ff3e::8000:3 .state)" "joined joined"
finish stays INT
finish stays6 INT
until_true "they leave" no_channels
ok "who leaves ends the channel" true
ok "the pair is removed" in_node ingest scripts/local-lan down
ok "both ends of it" eval '! in_node ingest ip link show dev mc1'
finish mcingestd
verdict $? "mcingestd ends well" || true
finished
