#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# A neighbor takes all channels and lets them last for ever. An honest router's Join finds room all the same, and what
# the other neighbor has joined ends with that neighbor.
export LAB_ROUTERS=2
. "$(dirname "$0")/lib.sh"

routers() { api neighbors '[.neighbors[] | select(.address | startswith("10.0.0.")) | .address] | sort | join(" ")'; }
routers_are() { [[ $(routers) == "$1" ]]; }
joins() { api interfaces '.interfaces[0].pim[0].joins'; }
joins_are() { [[ $(joins) == "$1" ]]; }
longest() { api channels '[.channels[].wanted[] | select(.neighbor == null) | .expires_s | floor] | max'; }
is_bounded() { (($(longest) <= 90)); }

printf '[limits]\nchannels = 8\n' >"$WORK/small.conf"
lab_up
relay_up
mcingestd_up --config "$WORK/small.conf"
until_true "both routers are neighbors" routers_are "10.0.0.2 10.0.0.3"
until_true "the first knows us" frr_knows_us
in_node access2 "$PEERS/neighbor" --interface up0 --upstream 10.0.0.1 --source 203.0.112.7 --group 233.0.0.1 --groups 12 --holdtime 65535
until_true "all channels are taken" joins_are 8
is "beyond that it is refused" "$(api counters '.pim[0].joins_refused')" 4
receiver_up viewer 192.0.2.10 232.1.1.1 --seconds 600
until_true "an honest router's Join finds room" channel_is 192.0.2.10 232.1.1.1 joined
ok "an honest router's Join finds room" true
is "at the cost of who has the most" "$(joins) $(api counters '.pim[0].joins_yielded')" "8 1"
log_says "which is in the log" mcingestd 'neighbor 10.0.0.3 on lan0 has joined the most channels, 8: it loses'
is "the latest, not the first" "$(channel 203.0.112.7 233.0.0.1 .group)$(channel 203.0.112.7 233.0.0.8 .group)" 233.0.0.1
kill -TERM "$(<"/run/mcingest-lab/$LAB/pid/pimd2")"
until_true "the other says goodbye" routers_are 10.0.0.2
until_true "and what it has joined ends soon" is_bounded
ok "and what it has joined ends soon" true
is "the honest router's goes on" "$(channel 192.0.2.10 232.1.1.1 '.wanted[0].neighbor')" 10.0.0.2
finished
