#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# A clean stop says goodbye to neighbors and relays and removes everything that was added to the kernel, but no filter of
# others. The next daemon takes over what a killed daemon has left.
. "$(dirname "$0")/lib.sh"

qdiscs() { in_node ingest tc qdisc show; }
filters() { in_node ingest tc filter show dev "$1" ingress | grep -c direct-action || true; }
pins() { in_node ingest find /sys/fs/bpf -mindepth 1 | wc -l; }
neighbor_gone() { ! in_node access vtysh -c 'show ip pim neighbor' | grep -q '^ *up0 '; }
flowing() { channel_is 192.0.2.10 232.1.1.1 receiving; }

lab_up
clean=$(qdiscs)
pinned=$(pins) # a new BPF file system has two files of the kernel's own
everything_up
receiver_up viewer 192.0.2.10 232.1.1.1 --seconds 600
spawn sender source "$PEERS/source" --interface eth0 --source 192.0.2.10 --group 232.1.1.1 --rate 100 --count 10000 --size 100
until_true "data flows" flowing
ok "the programs are attached" test "$(filters wan0)" -ge 1 -a "$(filters lan0)" -ge 1
ok "maps are pinned" test "$(pins)" -ge $((pinned + 6))

finish mcingestd
verdict $? "a clean stop exits 0" || true
until_true "FRR heard the goodbye" neighbor_gone
ok "FRR heard the goodbye" true
until_true "the relay was told" logged relay 'torn down'
ok "the relay was told" true
is "no qdisc is left" "$(qdiscs)" "$clean"
is "no pin is left" "$(pins)" "$pinned"
ok "no control socket is left" in_node ingest test ! -e /run/mcingest/control.sock

in_node ingest tc qdisc add dev wan0 clsact
in_node ingest tc filter add dev wan0 ingress prio 7 protocol ip u32 match ip dst 192.0.2.99/32 flowid 1:1
mcingestd_up
until_true "data flows again" flowing
finish mcingestd
verdict $? "beside another's filter: a clean stop exits 0" || true
like "the other's filter is left alone" "$(in_node ingest tc filter show dev wan0 ingress)" 'pref 7 u32'
is "ours is gone" "$(filters wan0)" 0
in_node ingest tc qdisc del dev wan0 clsact

mcingestd_up
until_true "data flows once more" flowing
finish mcingestd KILL
mcingestd_up
until_true "data flows after a kill" flowing
is "one program on wan0" "$(filters wan0)" 1
is "one program on lan0" "$(filters lan0)" 1
finish mcingestd
verdict $? "and a clean stop exits 0" || true
is "nothing is left of the killed one" "$(qdiscs)" "$clean"
is "no pin is left of it" "$(pins)" "$pinned"
finished
