#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Two FRR routers on one LAN, each with a channel of its own. One dies without a goodbye: its joins end by their
# Holdtime, and the neighbor ends by the Holdtime of its Hellos. The other router's channel goes on.
export LAB_ROUTERS=2
. "$(dirname "$0")/lib.sh"

speaks_fast() { # NODE: Joins live for 17 s instead of 210, Hellos for 4 instead of 105
    in_node "$1" vtysh -c 'configure terminal' -c 'ip pim join-prune-interval 5' -c 'interface up0' -c 'ip pim hello 1 4'
}
routers() { api neighbors '[.neighbors[] | select(.address | startswith("10.0.0.")) | .address] | sort | join(" ")'; }
routers_are() { [[ $(routers) == "$1" ]]; }
gone() { [[ -z $(channel 192.0.2.10 "$1" .state) ]]; }
said() { grep -c "(192.0.2.10,$1) $2" "$WORK/mcingestd.log"; }

lab_up
relay_up
speaks_fast access
speaks_fast access2
mcingestd_up --debug
until_true "both routers are neighbors" routers_are "10.0.0.2 10.0.0.3"
until_true "the first knows us" knows access 10.0.0.1
until_true "the second knows us" knows access2 10.0.0.1
spawn sender source "$PEERS/source" --interface eth0 --source 192.0.2.10 --group 232.1.1.1 --rate 100 --count 12000 --size 100
spawn one receiver "$PEERS/receiver" --interface eth0 --source 192.0.2.10 --group 232.1.1.1 --seconds 600
spawn two receiver "$PEERS/receiver" --interface eth1 --source 192.0.2.10 --group 232.1.1.2 --seconds 600
until_true "the first router's channel" channel_is 192.0.2.10 232.1.1.1 receiving
until_true "the second router's channel" channel_is 192.0.2.10 232.1.1.2 joined

kill -KILL "$(<"/run/mcingest-lab/$LAB/pid/pimd2")"
until_true "the dead router is no neighbor" routers_are 10.0.0.2
ok "a router that says no Hello any more is no neighbor" true
is "what it joined outlives it: Joins count until their Holdtime" "$(channel 192.0.2.10 232.1.1.2 .state)" joined
until_true "its channel ends" gone 232.1.1.2
ok "what it joined ends by Holdtime" true
is "no Prune was there" "$(said 232.1.1.2 'Join -> Prune-Pending')" 0
is "the other router's channel goes on" "$(channel 192.0.2.10 232.1.1.1 .state)" receiving
is "and was never left" "$(said 232.1.1.1 left)" 0
finished
