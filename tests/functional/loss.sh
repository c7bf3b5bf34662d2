#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# A fifth of all frames on the WAN is lost; of the others, a tenth comes late and a tenth twice. DNS questions, Discovery,
# Requests and reports are repeated, and every join completes, over IPv4 and IPv6.
. "$(dirname "$0")/lib.sh"
export LAB_LOSS=20

SOURCES=(192.0.2.10 192.0.2.45 192.0.2.50 198.18.5.10 198.51.100.77)
EACH=6 # channels

lab_up
relay_up --qqic 10 # an Update that was lost four times is said again at the next Query
mcingestd_up
until_true "FRR says Hello" neighbor_there
until_true "FRR knows us" frr_knows_us
n=0
for source in "${SOURCES[@]}"; do
    for ((i = 1; i <= EACH; i++)); do
        receiver_up "viewer$((++n))" "$source" "232.7.$n.$i" --seconds 600
    done
done
joined() { [[ $(api channels '[.channels[] | select(.state == "joined" or .state == "receiving")] | length') == "$n" ]]; }
at_relay() { # every channel is upstream of the relay
    kill -USR1 "${PIDS[relay]}"
    (($(grep -Eo 'joined \([0-9., ]+\) upstream' "$WORK/relay.log" | sort -u | wc -l) == n))
}
until_true "every join completes" joined
is "every join completes" "$(api channels '.channels | length')" "$n"
until_true "and the relays have heard of it" at_relay
ok "and the relays have heard of it" true

# Data: what a wire loses is lost, and the channel lives
spawn sender source "$PEERS/source" --interface eth0 --source 192.0.2.10 --group 232.7.1.1 --rate 200 --count 4000 --size 200
until_true "data come" channel_is 192.0.2.10 232.7.1.1 receiving
ok "data come" true
finish sender none
# Others may be: one in sixty Discoveries loses all of its four
is "the relay is the same, and not held down" \
    "$(channel 192.0.2.10 232.7.1.1 .relay) $(api tunnels '[.held_down[] | select(.relay == "203.0.113.15")] | length')" "203.0.113.15 0"

for ((i = 1; i <= n; i++)); do finish "viewer$i"; done
until_true "all left" no_channels
finish mcingestd
verdict $? "mcingestd ends well" || true
finished
