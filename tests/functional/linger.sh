#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# A channel that nobody wants any more lingers: the LAN is quiet at once, and the relay hears neither of the leave nor of
# the join of a receiver that zaps back.
. "$(dirname "$0")/lib.sh"

lingers() { [[ $(channel 192.0.2.10 232.1.1.1 '.lingers_s != null and .interfaces == []') == true ]]; }
lan_packets() { in_node ingest cat /sys/class/net/lan0/statistics/tx_packets; }
told() { grep -cE 'IGMPv3 (ALLOW|BLOCK|IS_IN)' "$WORK/relay.log"; }
told_twice() { (($(told) >= 2)); }
dropped_since() { (($(api counters .drops.no_egress) > $1 + 500)); }

printf '[channels]\nlinger = 3600\n' >"$WORK/conf"
lab_up
relay_up
mcingestd_up --config "$WORK/conf"
until_true "FRR says Hello" neighbor_there
until_true "FRR knows us" frr_knows_us
receiver_up viewer 192.0.2.10 232.1.1.1 --seconds 600
spawn sender source "$PEERS/source" --interface eth0 --source 192.0.2.10 --group 232.1.1.1 --rate 1000 --count 60000 --size 100
until_true "data flows" channel_is 192.0.2.10 232.1.1.1 receiving
until_true "the relay has our state, and once more" told_twice
before_told=$(told)

finish viewer INT
until_true "the channel lingers" lingers
dropped=$(api counters .drops.no_egress) before=$(lan_packets)
until_true "the relay still sends" dropped_since "$dropped"
after=$(lan_packets)
ok "the LAN is quiet ($((after - before)) packets, all of them ours)" test $((after - before)) -le 3
is "the channel keeps its state" "$(channel 192.0.2.10 232.1.1.1 .state)" receiving

receiver_up again 192.0.2.10 232.1.1.1 --count 100
finish again none
verdict $? "who zaps back has data again" || true
is "the relay has heard of nothing" "$(told)" "$before_told"
ok "nor has it left its network" test "$(grep -c 'left (192' "$WORK/relay.log")" -eq 0
finish sender
finish mcingestd
verdict $? "mcingestd ends well" || true
until_true "at its end the relay is told" logged relay 'left \(192\.0\.2\.10, 232\.1\.1\.1\) upstream'
ok "at its end the relay is told" true
finished
