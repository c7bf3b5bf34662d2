#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# A PIM implementation other than FRR's on the LAN: Debian's pimd.
. "$(dirname "$0")/lib.sh"

S=192.0.2.10 G=232.1.1.1
PIMD=build/debian/pimd/usr/sbin/pimd
hears_us() { in_node access "$PIMD" -r | grep -q '10\.0\.0\.1'; }

lab_up
kill -TERM "$(<"/run/mcingest-lab/$LAB/pid/pimd")" # FRR's
relay_up
mcingestd_up --debug
printf 'phyint up0 enable\nphyint down0 enable igmpv3\n' >"$WORK/pimd.conf"
spawn pimd access "$PIMD" -f -N -c "$WORK/pimd.conf"
until_true "it is our neighbor" neighbor_there
receiver_up first $S $G --seconds 600
until_true "its Join opens the channel" channel_is $S $G joined
spawn early source "$PEERS/source" --interface eth0 --source $S --group $G --rate 50 --count 20000 --size 100
until_true "its kernel knows the way" logged first '^first packet' # which costs it some of the first packets
finish early
receiver_up viewer $S $G --last 499 --timeout 120
send $S $G --rate 500 --count 500 --size 100 >/dev/null
finish viewer none
finish first
is "what it joined arrives, once" "$(summary viewer received) $(summary viewer duplicates)" "500 0"
until_true "its Prune closes the channel" no_channels
ok "and a Prune ends it" true
is "nothing of what it says is refused" "$(api counters '[.refused.pim[]] | add')" 0
finished
