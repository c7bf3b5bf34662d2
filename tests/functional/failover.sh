#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# A source with two relays. The serving relay dies under load, or falls silent, and the other one takes over. While both
# send, nothing is lost and each packet comes once.
. "$(dirname "$0")/lib.sh"

S=192.0.2.45 G=232.1.1.1 ONE=203.0.113.15 TWO=203.0.113.16

served_by() { [[ $(channel $S $G '"\(.relay) \(.state)"') == "$1 receiving" ]]; }
no_move() { [[ $(channel $S $G .move) == staying ]]; }

named_hears() { # after a change of a zone's file
    kill -HUP "$(cat "/run/mcingest-lab/$LAB/pid/named")"
}
say() { # RECORD...: of 192.0.2.45, with a TTL of 1 second
    local zone=/run/mcingest-lab/$LAB/etc/bind/zones/192.0.2
    sed -i '/^45 /d' "$zone"
    printf '45 1 AMTRELAY %s\n' "$@" >>"$zone"
    sed -i "s/hostmaster.example.net. [0-9]* /hostmaster.example.net. $((++SERIAL)) /" "$zone"
    named_hears
    until_true "named says $1" answers "$1"
}
answers() { in_node ingest dig +short 45.2.0.192.in-addr.arpa TYPE260 | grep -qx "$1"; }
moved_to() { served_by "$1" && no_move; }
left() { [[ $(api tunnels "[.tunnels[] | select(.relay == \"$1\" and .channels > 0)] | length") == 0 ]]; }
SERIAL=1

lab_up
relay_at one --address $ONE
relay_at two --address $TWO
printf '[relays]\nrenew = 1\n[tunnels]\nhold_down = 1\n' >"$WORK/conf"
mcingestd_up --config "$WORK/conf"
until_true "FRR says Hello" neighbor_there
until_true "FRR knows us" frr_knows_us
say "10 1 1 $ONE"

# DNS names another relay, while packets flow
accounts_open
receiver_up viewer $S $G --last 7999 --timeout 120
until_true "joined" channel_is $S $G joined
spawn sender source "$PEERS/source" --interface eth0 --source $S --group $G --rate 1000 --count 8000 --size 400
until_true "the only relay serves" served_by $ONE
say "10 1 1 $TWO"
until_true "the channel moves" moved_to $TWO
finish viewer none
finish sender none
is "a move from one relay to another loses nothing, and doubles nothing" \
    "$(summary viewer received) $(summary viewer duplicates) $(summary viewer bad_checksums)" "8000 0 0"
ok "what both relays sent went to the LAN once" test "$(api counters .drops.duplicate)" -gt 0
until_true "the first relay is left" left $ONE
ok "the first relay is left" true
is "the history has both relays" "$(channel $S $G '[.history[] | select(.relay) | .relay] | unique | join(" ")')" "$ONE $TWO"

# The same, once a killed daemon's channel has been adopted
receiver_up viewer $S $G --last 7999 --timeout 120
until_true "joined" channel_is $S $G joined
spawn sender source "$PEERS/source" --interface eth0 --source $S --group $G --rate 1000 --count 8000 --size 100
until_true "the only relay serves" served_by $TWO
finish mcingestd KILL
mcingestd_up --config "$WORK/conf"
is "the next daemon goes on with it" "$(channel $S $G '"\(.relay) \(.state)"')" "$TWO receiving"
say "10 1 1 $ONE"
until_true "the adopted channel moves" moved_to $ONE
finish viewer none
finish sender none
is "an adopted channel moves as well, and loses nothing" "$(summary viewer received) $(summary viewer duplicates)" "8000 0"
until_true "all is left" no_channels
accounts_close "every packet has its place, whichever relay sent it"

# A relay that answers, and sends nothing
say "10 1 1 $TWO" "20 1 1 $ONE"
sleep 3 # the TTL of what was said before
receiver_up viewer $S $G --seconds 600
until_true "joined" channel_is $S $G joined
spawn sender source "$PEERS/source" --interface eth0 --source $S --group $G --rate 500 --count 60000 --size 100
until_true "the first by precedence serves" served_by $TWO
sleep 3 # a steady flow, which is missed soon
manners two mute
until_true "the silent relay is followed by the next" moved_to $ONE
ok "a relay that sends nothing is followed by the next" true

finish sender
finish viewer
until_true "all is left" no_channels

# A relay that has room for three channels, and says nothing of the others (the Linux kernel's is one, with 32 groups)
manners two
finish mcingestd
say "10 1 1 $ONE" "20 1 1 $TWO"
manners one 'room 3'
mcingestd_up --config "$WORK/conf"
until_true "FRR says Hello" neighbor_there
until_true "FRR knows us" frr_knows_us
for i in {1..6}; do
    receiver_up "viewer$i" $S "232.1.2.$i" --seconds 600
    spawn "sender$i" source "$PEERS/source" --interface eth0 --source $S --group "232.1.2.$i" --rate 50 --count 6000 --size 100
done
all_receive() { [[ $(api channels '[.channels[] | select(.state == "receiving" and .move == "staying") | .relay] | sort | join(" ")') == "$1" ]]; }
until_true "each channel has found room" all_receive "$ONE $ONE $ONE $TWO $TWO $TWO"
ok "what a relay drops in silence is served by the next one, and the others stay" true
for i in {1..6}; do
    finish "sender$i"
    finish "viewer$i"
done
until_true "all is left" no_channels

# A relay that dies
receiver_up viewer $S $G --seconds 600
spawn sender source "$PEERS/source" --interface eth0 --source $S --group $G --rate 500 --count 60000 --size 100
printf '[relays]\nrenew = 1\n' >"$WORK/conf"
finish mcingestd
mcingestd_up --config "$WORK/conf"
manners one
until_true "FRR says Hello" neighbor_there
until_true "a relay serves" channel_is $S $G receiving
sleep 3 # as above
if served_by $ONE; then dead=one at=$ONE next=$TWO; else dead=two at=$TWO next=$ONE; fi
finish $dead KILL
until_true "the other takes over" served_by $next
ok "a relay that dies is followed by the next" true
is "the dead one is held down" "$(api tunnels '.held_down[].relay')" "$at"
like "for people: it is held down" "$(in_node ingest "$BUILD/mcingest" tunnels)" "HELD DOWN.*$at"
ok "and may be lifted" in_node ingest "$BUILD/mcingest" lift "$at"
is "then none is held down" "$(api tunnels '.held_down | length')" 0

finish mcingestd
verdict $? "mcingestd ends well" || true
finished
