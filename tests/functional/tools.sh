#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Other tools on the same interfaces: they take our programs away, by clsact or by XDP, once or repeatedly; or their filters
# come before ours and take the packets.
. "$(dirname "$0")/lib.sh"

S=192.0.2.10 G=232.1.1.1

programs() { in_node ingest tc filter show dev "$1" ingress | grep -c "$2:"; }
has() { (($(programs "$1" "$2") == 1)); }
flows_by_program() { # not by the daemon
    local before after
    before=$(channel $S $G '.packets - .slow_packets')
    sleep 0.3
    after=$(channel $S $G '.packets - .slow_packets')
    ((after > before))
}
wan() { interface wan0 upstream "$1"; }
lan() { interface lan0 downstream "$1"; }
wan_is() { [[ $(wan mode) == "$1" ]]; }
lines() { grep -c "$1" "$WORK/mcingestd.log"; }

lab_up
relay_up
in_node access ethtool -K up0 gro on # lan0 takes frames from XDP then
mcingestd_in auto
receiver_up viewer $S $G --seconds 600
spawn sender source "$PEERS/source" --interface eth0 --source $S --group $G --rate 100 --count 60000 --size 100
until_true "data flows" channel_is $S $G receiving

# The whole clsact, which is made anew by them
for interface in lan0 wan0; do
    in_node ingest tc qdisc del dev $interface clsact
    in_node ingest tc qdisc add dev $interface clsact
    in_node ingest tc filter add dev $interface egress pref 9 u32 match u32 0 0 flowid 1:1
done
until_true "observe_tc is back on the LAN" has lan0 observe_tc
until_true "ingest_tc is back on the WAN" has wan0 ingest_tc
log_says "the log says so of the LAN" mcingestd 'lan0: another tool has taken our program away'
log_says "the log says so of the WAN" mcingestd 'wan0: another tool has taken our program away'
is "status has them" "$(lan mode) $(wan mode)" "tc xdp"

# The XDP program
in_node ingest ip link set dev wan0 xdp off
until_true "XDP is back" eval '(($(xdp_programs wan0) == 1))'
until_true "status has XDP again" wan_is xdp
until_true "data flows by the program" flows_by_program
finish mcingestd
is "a clsact of others stays when we end" "$(in_node ingest tc filter show dev lan0 egress | grep -c flowid)" 1
is "with nothing of ours" "$(programs lan0 observe_tc) $(programs wan0 ingest_tc) $(xdp_programs wan0)" "0 0 0"
in_node ingest tc qdisc del dev lan0 clsact
in_node ingest tc qdisc del dev wan0 clsact

# A shaper's redirection to an ifb, in front of ours
mcingestd_in tc
until_true "data flows by TC" flows_by_program
in_node ingest ip link add ifb0 type ifb
in_node ingest ip link set ifb0 up
in_node ingest tc filter add dev wan0 ingress pref 10 protocol all u32 match u32 0 0 action mirred egress redirect dev ifb0
until_true "the WAN's filter stands in front of it" logged mcingestd 'wan0: our filter stands at preference 9 now: u32 at preference 10, which redirects to ifb0 took'
until_true "data flows by the program" flows_by_program
is "nothing stands in front" "$(wan in_front)" null
in_node ingest tc filter add dev lan0 ingress pref 5 protocol all u32 match u32 0 0 flowid 1:1
until_true "the LAN's filter stands in front of one that accepts" logged mcingestd 'lan0: our filter stands at preference 4 now: u32 at preference 5, which accepts took'
is "once, each" "$(programs lan0 observe_tc) $(programs wan0 ingest_tc)" "1 1"
in_node ingest tc filter add dev lan0 ingress pref 1 protocol all u32 match u32 0 0 flowid 1:1
until_true "one that cannot be passed by is named" logged mcingestd 'lan0: u32 at preference 1, which accepts stands in front'
like "in status, too" "$(lan in_front)" 'u32 at preference 1'
like "for people" "$(in_node ingest "$BUILD/mcingest" status)" 'u32 at preference 1, which accepts stands in front'
in_node ingest tc filter del dev lan0 ingress pref 1

# A filter that may mean to drop is not passed by on the WAN; any program does.
in_node ingest tc filter add dev wan0 ingress pref 3 protocol all bpf da pinned /sys/fs/bpf/mcingest/observe_tc
until_true "one that may drop is named" eval '[[ $(wan in_front) == "bpf observe_tc"*" at preference 3" ]]'
ok "and not passed by" eval '[[ $(in_node ingest tc filter show dev wan0 ingress) == *"pref 9 bpf"*"ingest_tc:"* ]]'

# Again and again
spawn fighter ingest bash -c 'while :; do tc qdisc del dev lan0 clsact 2>/dev/null; sleep 0.1; done'
until_true "who takes it away again and again is said to do so" logged mcingestd 'lan0: another tool takes our program away again and again .4 times'
until_true "status says so" eval '[[ $(lan why) == *"again and again"* ]]'
ok "in few lines" test "$(lines 'lan0: another tool')" -le 5
finish fighter
until_true "it is attached once they have done" has lan0 observe_tc
until_true "status has it" eval '[[ $(lan mode) == tc ]]'
is "the channel has been one all the time" "$(lines "($S,$G) closed")" 0
finish mcingestd
verdict $? "mcingestd ends well" || true
is "and leaves the others' filters, and none of its own" \
    "$(in_node ingest tc filter show dev wan0 ingress | grep -o 'pref [0-9]*' | sort -u | xargs)" "pref 10 pref 3"
finished
