#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Warm tunnels are up before the first channel and after the last; the first channel needs one report only. A relay that comes
# late, or comes back, gets its tunnel by itself.
. "$(dirname "$0")/lib.sh"

ONE=203.0.113.15
of() { api tunnels ".tunnels[] | select(.relay == \"$ONE\") | $1"; }
ready() { [[ $(of '"\(.igmp.state) \(.mld.state)"') == "$1" ]]; }
requests() { grep -c 'request from' "$WORK/relay.log"; }

lab_up
printf '[relays]\nwarm = %s\n' $ONE >"$WORK/conf"
mcingestd_up --config "$WORK/conf"
until_true "the relay does not answer" logged mcingestd "tunnel to relay $ONE, which the setting 'warm' keeps ready: relay "
ok "a relay that does not answer is in the log" true
until_true "FRR says Hello" neighbor_there
until_true "FRR knows us" frr_knows_us
relay_up
until_true "the relay is there: so is the tunnel" ready 'active active'
is "ready for both families, without a channel" "$(of .channels)" 0

before=$(requests)
receiver_up viewer 192.0.2.50 232.1.1.1 --seconds 600
until_true "joined" channel_is 192.0.2.50 232.1.1.1 joined
is "the first channel needs no Request" "$(requests)" "$before"
send 192.0.2.50 232.1.1.1 --rate 1000 --count 1000 --size 100 >/dev/null
until_true "data" channel_is 192.0.2.50 232.1.1.1 receiving
finish viewer
until_true "left" no_channels
finish mcingestd
verdict $? "mcingestd ends well" || true
log_says "the relay was told of the end" relay 'teardown from'
finished
