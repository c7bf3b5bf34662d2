#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# IPv6 end to end: PIM over IPv6 on the LAN, an AMTRELAY record of type 2, MLDv2 in an IPv6 tunnel, IPv6 multicast onto the
# LAN. Debian's FRR has no pim6d; PIM messages of the samples, sent by hand, and a receiver on the LAN take its place.
. "$(dirname "$0")/lib.sh"

S=2001:db8:5::10 G=ff3e::8000:1

lab_up
link_local_up
relay_up
mcingestd_up
neighbor6_up
ok "a neighbor over IPv6" true
accounts_open

spawn viewer access "$PEERS/receiver" --interface up0 --source $S --group $G --last 1999 --timeout 120
until_true "the receiver joins" logged viewer '^joined'
lan_hears pim-join-sg-v6
until_true "joined" channel_is $S $G joined
is "the relay of the AMTRELAY record of type 2" "$(channel $S $G .relay)" 2001:db8:15::15
is "MLD is active in its tunnel" "$(api tunnels '.tunnels[0].mld.state')" active
is "IGMP is not" "$(api tunnels '.tunnels[0].igmp.state')" idle
send $S $G --rate 1000 --count 2000 --size 1300 >/dev/null
finish viewer none
verdict $? "the receiver is content" || true
is "all packets arrived" "$(summary viewer received)" 2000
is "none missing" "$(summary viewer missing)" 0
is "checksums are right" "$(summary viewer bad_checksums)" 0
is "the program counted them" "$(channel $S $G .packets)" 2000
like "bpftool shows the channel" "$(in_node ingest bpftool map dump pinned /sys/fs/bpf/mcingest/channels6)" '"lan0"'
accounts_close "every packet has its place"

lan_hears pim-prune-sg-v6
until_true "the Prune closes it" no_channels
ok "the Prune closes it" true
until_true "the relay is told" logged relay "BLOCK $G"
ok "the relay is told" true
finish mcingestd
verdict $? "mcingestd ends well" || true
finished
