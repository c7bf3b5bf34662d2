#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# A LAN that is taken out of the configuration gets a goodbye, by a reload as by a restart: its routers look for another way
# at once. The other LAN loses no packet meanwhile, and hears nothing. A LAN that comes back is served again.
. "$(dirname "$0")/lib.sh"

conf=$WORK/mcingest.conf
downstream() { printf '[interfaces]\ndownstream = %s\nigmp = lan1\n' "$1" >"$conf"; }

daemon_up() {
    spawn mcingestd ingest "$BUILD/mcingestd" --config "$conf"
    until_true "mcingestd starts" logged mcingestd ' ready$'
}

lan_names() { api status '[.interfaces[] | select(.role == "downstream") | .name] | join(" ")'; }
lans_are() { [[ $(lan_names) == "$1" ]]; }
frr_has_no_neighbor() { ! frr_knows_us; }
goodbyes() { grep -c "Hello" "$WORK/$1.log"; }
two_goodbyes() { (($(goodbyes wire) >= 2 * $1)); }

watch() { # NAME NODE INTERFACE
    spawn "$1" "$2" tshark -l -n -i "$3" -Y 'pim.type == 0 && pim.holdtime == 0' -f 'ip proto 103 or ip6 proto 103'
    until_true "$1 is watched" logged "$1" 'Capturing on'
}

without_lan0() { # WHAT TIMES
    until_true "$1: lan0 is no LAN" lans_are lan1
    until_true "$1: a goodbye in both families" two_goodbyes "$2"
    is "$1: a goodbye in each family, once" "$(goodbyes wire)" $((2 * $2))
    until_true "$1: FRR has no neighbor" frr_has_no_neighbor
    is "$1: nothing of ours is on lan0" "$(in_node ingest tc filter show dev lan0 ingress)" ""
}

with_both() { # WHAT
    until_true "$1: both are LANs" lans_are "lan0 lan1"
    until_true "$1: FRR knows us again" frr_knows_us
    until_true "$1: FRR joins again" is_on_lan0
}

is_on_lan0() { [[ $(channel 192.0.2.10 232.1.1.1 '.interfaces | sort | join(" ")') == "lan0 lan1" ]]; }

lab_up
ip -n "$LAB-ingest" link add lan1 type veth peer name eth2 netns "$LAB-receiver"
ip -n "$LAB-ingest" addr add 10.3.0.1/24 dev lan1
ip -n "$LAB-receiver" addr add 10.3.0.10/24 dev eth2
ip -n "$LAB-ingest" link set lan1 up
ip -n "$LAB-receiver" link set eth2 up
in_node receiver sysctl -qw net.ipv4.conf.eth2.force_igmp_version=3
relay_up
downstream "lan0 lan1"
daemon_up
until_true "FRR knows us" frr_knows_us
watch wire access up0
watch other receiver eth2
spawn router receiver "$PEERS/receiver" --interface eth0 --source 192.0.2.10 --group 232.1.1.1 --seconds 600
spawn host receiver "$PEERS/receiver" --interface eth2 --source 192.0.2.10 --group 232.1.1.1 --last 999999 --seconds 600
until_true "both LANs want the channel" is_on_lan0
until_true "the relay sends it" channel_is 192.0.2.10 232.1.1.1 joined
spawn sender source "$PEERS/source" --interface eth0 --source 192.0.2.10 --group 232.1.1.1 --rate 500 --count 999999 --size 500
until_true "data come" channel_is 192.0.2.10 232.1.1.1 receiving

downstream lan1
ok "a reload takes lan0 away" in_node ingest "$BUILD/mcingest" reload
without_lan0 "reload" 1
downstream "lan0 lan1"
ok "a reload brings it back" in_node ingest "$BUILD/mcingest" reload
with_both "reload"

downstream lan1
kill -USR1 "${PIDS[mcingestd]}"
finish mcingestd none
daemon_up
without_lan0 "another process" 2
downstream "lan0 lan1"
ok "a restart reads the file, too" in_node ingest "$BUILD/mcingest" restart
with_both "restart"

finish sender
received_all() { # the last packet of the sender's
    [[ $(in_node ingest "$BUILD/mcingest" channels --json | jq '.channels[0].packets') == "$(sed -n 's/^sent //p' "$WORK/sender.log")" ]]
}
until_true "what was sent has come" received_all
finish host INT
finish router
is "the other LAN's host has got all that was sent, once" "$(summary host received) $(summary host duplicates)" \
    "$(sed -n 's/^sent //p' "$WORK/sender.log") 0"
finish other
is "and its LAN has heard no goodbye" "$(goodbyes other)" 0
finish wire
finish mcingestd
verdict $? "mcingestd ends well" || true
finished
