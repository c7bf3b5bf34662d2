#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Channels end. After a Prune the LAN is quiet at once and the relay is told; if the router has died without one, the
# channel ends by its Holdtime. A channel that is joined again needs no new tunnel.
. "$(dirname "$0")/lib.sh"

closed() { logged mcingestd "\\($1,$2\\) closed"; }
lan_packets() { in_node ingest cat /sys/class/net/lan0/statistics/tx_packets; }

everything_up
receiver_up viewer 192.0.2.10 232.1.1.1 --seconds 600
spawn sender source "$PEERS/source" --interface eth0 --source 192.0.2.10 --group 232.1.1.1 --rate 1000 --count 30000 --size 100
until_true "data flows" channel_is 192.0.2.10 232.1.1.1 receiving

finish viewer INT
until_true "the Prune closes the channel" closed 192.0.2.10 232.1.1.1
ok "the channel is gone" no_channels
before=$(lan_packets)
until_true "the relay is told by BLOCK" logged relay 'BLOCK 232\.1\.1\.1'
until_true "the relay leaves its network" logged relay 'left \(192\.0\.2\.10, 232\.1\.1\.1\) upstream'
after=$(lan_packets)
ok "the LAN was quiet from the Prune on ($((after - before)) packets, all of them ours)" test $((after - before)) -le 3
is "the entry is gone" "$(in_node ingest bpftool -j map dump pinned /sys/fs/bpf/mcingest/channels4 | jq length)" 0
ok "packets still under way were dropped, and counted" test "$(api counters .drops.not_joined)" -ge 0
is "the tunnel lingers" "$(api tunnels '.tunnels | length')" 1

receiver_up again 192.0.2.10 232.1.1.1 --count 100
until_true "data flows again" channel_is 192.0.2.10 232.1.1.1 receiving
is "through the tunnel that was there" "$(grep -c ': request from\|request from' "$WORK/relay.log")" 1
finish again none
verdict $? "the receiver is content" || true
until_true "closed again" no_channels
finish sender

in_node access vtysh -c 'configure' -c 'ip pim join-prune-interval 5' >/dev/null
receiver_up orphan 192.0.2.10 232.1.1.1 --seconds 600
until_true "joined with a Holdtime of 17 s" channel_is 192.0.2.10 232.1.1.1 joined
kill -KILL "$(cat "/run/mcingest-lab/$LAB/pid/pimd")"
sleep 3
is "a router that died is not missed yet" "$(channel 192.0.2.10 232.1.1.1 .state)" joined
until_true "the Holdtime ends the channel" no_channels
ok "a dead router's channel ends with its Holdtime" true
until_true "the unused tunnel is closed" logged mcingestd 'tunnel to relay .* closed'
log_says "the relay got a Teardown" relay '[Tt]eardown from'
is "nothing is left at the relay" "$(api tunnels '.tunnels | length')" 0
finish mcingestd
verdict $? "mcingestd ends well" || true
finished
