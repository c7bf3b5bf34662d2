#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# FRR runs on the box itself and is the LAN's PIM neighbor. mcingest sends no PIM, and serves the channels that routers join
# at the box's address.
. "$(dirname "$0")/lib.sh"

S=192.0.2.10 G=232.1.1.1
NEIGHBORS='show ip pim neighbor'
hellos_of_the_box() { # FIELD: its values in what up0 of the access router has heard
    in_node access tshark -r "$WORK/lan.pcap" -Y 'pim.type == 0 and ip.src == 10.0.0.1' -T fields -e "$1" 2>/dev/null | sort -u
}
speaks() { # BOX: FRR there is up
    in_node "$1" vtysh -d pimd -c "$NEIGHBORS"
}
frr_hears_access() { in_node ingest vtysh -d pimd -c "$NEIGHBORS" | grep -q '^ *lan0 .*10\.0\.0\.2 '; }

lab_up
relay_up
spawn capture access tcpdump --immediate-mode -U -n -i up0 -w "$WORK/lan.pcap" ip proto 103
until_true "the capture" logged capture 'listening on'
mcingestd_up --observe lan0
log_says "it says so" mcingestd 'pim: observed on lan0, where another daemon speaks for 10\.0\.0\.1'
spawn zebra ingest /usr/lib/frr/zebra -P 0 --log stdout
until_true "zebra's socket" in_node ingest test -S /run/frr/zserv.api
spawn pimd ingest /usr/lib/frr/pimd -P 0 --log stdout
until_true "pimd on the box" speaks ingest
in_node ingest vtysh -d pimd -c 'configure' -c 'interface lan0' -c 'ip pim' >/dev/null
until_true "FRR on the box hears the router" frr_hears_access
until_true "the router knows the box" frr_knows_us
until_true "mcingest hears the router" neighbor_there

receiver_up viewer $S $G --last 499 --timeout 120
until_true "joined" channel_is $S $G joined
send $S $G --rate 500 --count 500 --size 100 >/dev/null
finish viewer none
is "a channel that is joined at the box's address arrives, once" \
    "$(summary viewer received) $(summary viewer duplicates)" "500 0"
until_true "the Prune closes it" no_channels
ok "and a Prune ends it" true
is "mcingest has sent no Hello, Assert or echo" \
    "$(api counters '[.pim[] | .hellos_sent, .asserts_sent, .prune_echoes_sent] | add')" 0
is "status says that it observes" "$(interface lan0 downstream observed)" true

finish mcingestd
verdict $? "mcingestd ends well" || true
sleep 0.5 # a goodbye would be there by now
finish capture INT
is "all Hellos of the box were one router's" "$(hellos_of_the_box pim.generation_id | wc -l)" 1
is "and none said goodbye" "$(hellos_of_the_box pim.holdtime)" 105
ok "the router knows the box still" frr_knows_us
finished
