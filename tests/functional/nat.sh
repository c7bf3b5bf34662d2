#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# A NAT forgets us while packets flow: from then on the relay sees another port of ours. The silence is noticed, the relay is
# asked, its Query tells where we are now, and data flows again over the same tunnel.
. "$(dirname "$0")/lib.sh"

S=192.0.2.50 G=232.1.1.1

translate() { # FIRST-LAST: of the ports that we are seen at
    in_node core nft -f - <<END
flush ruleset
table ip lab {
    chain out {
        type nat hook postrouting priority srcnat
        oifname "relay0" udp dport 2268 masquerade to :$1
    }
}
END
}
forget() { in_node core conntrack -D -p udp --dport 2268; }
flows() { # on: more than a moment ago
    local before
    before=$(channel $S $G .packets)
    sleep 0.3
    (($(channel $S $G .packets) > before + 10))
}

lab_up
if ! translate 20000-20999 2>/dev/null; then
    echo "1..0 # SKIP this kernel has no NAT"
    exit 0
fi
relay_up
mcingestd_up
until_true "FRR says Hello" neighbor_there
until_true "FRR knows us" frr_knows_us
receiver_up viewer $S $G --seconds 600
until_true "joined" channel_is $S $G joined
spawn sender source "$PEERS/source" --interface eth0 --source $S --group $G --rate 200 --count 60000 --size 100
until_true "data flow" flows
like "the relay sees us behind the NAT" "$(grep 'endpoint .* new' "$WORK/relay.log")" 'port 20[0-9]{3} new'
local=$(api tunnels '"\(.tunnels[0].local) \(.tunnels[0].local_port)"')
sleep 3 # a steady flow, which is missed soon

translate 30000-30999
forget >/dev/null 2>&1
until_true "the relay sees us from another port" logged relay 'endpoint .* port 30[0-9]{3} new'
until_true "data flow again, to our new port" flows
ok "data flow again, to our new port" true
log_says "and the relay was told to forget the old one" relay 'teardown from .* of [0-9.]+ port 20[0-9]+$'
is "by the same tunnel of ours" "$(api tunnels '"\(.tunnels[0].local) \(.tunnels[0].local_port)"')" "$local"
finish mcingestd
verdict $? "mcingestd ends well" || true
finished
