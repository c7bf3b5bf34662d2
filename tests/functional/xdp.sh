#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# XDP replaces TC if WAN and LAN support it: packets from real sockets arrive whole, and exactly one of the two programs handles
# each. A killed daemon's program is replaced, and a clean stop removes it.
. "$(dirname "$0")/lib.sh"

wan() { api status ".interfaces[] | select(.name == \"wan0\") | .$1"; }

flowing() { channel_is 192.0.2.10 232.1.1.1 receiving; }
status_of_lan() { api status ".interfaces[] | select(.name == \"lan0\") | .$1"; }
lan_refused() { api counters .drops.lan_refused; }
refused_in_kernel() { # without a daemon to ask
    in_node ingest bpftool -j map dump pinned /sys/fs/bpf/mcingest/refused | jq '[.[].formatted.value] | add'
}
at_least() { (($("${@:2}") >= $1)); }
mode() { printf '[dataplane]\nmode = %s\n' "$1" >"$WORK/$1.conf"; }

lab_up
mode xdp
mode tc
mcingestd_up
is "the LAN's driver takes nothing from XDP: TC" "$(wan mode)" tc
like "and says why" "$(wan why)" 'lan0 takes no frames from XDP'
is "and no XDP" "$(xdp_programs wan0)" 0
finish mcingestd

# With GRO, or an XDP program, at its other end, a veth takes frames from XDP.
in_node access ethtool -K up0 gro on
everything_up
is "the LAN's driver takes them: XDP" "$(wan mode)" xdp
is "and says how" "$(wan why)" native
accounts_open # until a third daemon: what a killed one has counted is not lost
join_both small large --last 9999 --timeout 120
send_both 10000 100 1400
for name in small large; do
    finish $name none
    is "$name: all packets arrived, once, whole" \
        "$(summary $name received) $(summary $name duplicates) $(summary $name bad_checksums) $(summary $name bad_payload)" \
        "10000 0 0 0"
done
is "counted once" "$(channel 192.0.2.10 232.1.1.1 .packets)" 10000
is "nothing was dropped" "$(api counters '.drops | map(values) | add')" 0
redirected=$(in_node ingest ethtool -S wan0 | sed -n 's/.*xdp_redirect: //p' | awk '{ sum += $1 } END { print sum }')
ok "by XDP" test "${redirected:-0}" -ge 20000

# The other end of the LAN takes no frames so long: they are lost behind the program, and counted.
receiver_up refused 192.0.2.10 232.1.1.2 --seconds 600
until_true "third channel joined" channel_is 192.0.2.10 232.1.1.2 joined
in_node access ip link set up0 mtu 1300
send 192.0.2.10 232.1.1.2 --rate 1000 --count 500 --size 1200 >/dev/null
send 192.0.2.10 232.1.1.2 --rate 1000 --count 500 --size 1400 >/dev/null
until_true "what the LAN does not take is counted" at_least 500 lan_refused
finish mcingestd KILL
send 192.0.2.10 232.1.1.2 --rate 1000 --count 500 --size 1400 >/dev/null
until_true "it is counted on for a killed daemon" at_least 1000 refused_in_kernel
mcingestd_up
send 192.0.2.10 232.1.1.2 --rate 1000 --count 500 --size 1400 >/dev/null
until_true "and by the next one" at_least 1500 lan_refused
in_node access ip link set up0 mtu 1500
finish refused INT
is "what the LAN does not take is counted, once, through a restart" "$(lan_refused) $(status_of_lan refused)" "1500 1500"
is "all others arrived" "$(summary refused received) $(channel 192.0.2.10 232.1.1.2 .packets)" "500 2000"
accounts_close "every packet has its place, through a restart"
in_node access ip link set up0 mtu 1300
spawn refused_on source "$PEERS/source" --interface eth0 --source 192.0.2.10 --group 232.1.1.4 --rate 200 --count 60000 --size 1400
receiver_up refused_too 192.0.2.10 232.1.1.4 --seconds 600
until_true "the LAN takes nothing of another channel" at_least 1501 lan_refused
doctor
finds "doctor: what the LAN does not take" warn refused 'lan0 did not take [0-9]+ packets while we looked -> tc -s qdisc show dev lan0; ethtool -S lan0'
finish refused_on
finish refused_too INT
in_node access ip link set up0 mtu 1500

receiver_up viewer 192.0.2.10 232.1.1.1 --seconds 600
spawn sender source "$PEERS/source" --interface eth0 --source 192.0.2.10 --group 232.1.1.1 --rate 100 --count 10000 --size 100
until_true "data flows" flowing
finish mcingestd KILL
is "a killed daemon's program stays" "$(xdp_programs wan0)" 1
mcingestd_up --config "$WORK/xdp.conf"
is "the next one has its place" "$(wan mode) $(xdp_programs wan0)" "xdp 1"
until_true "data flows" flowing
finish mcingestd KILL
mcingestd_up --config "$WORK/tc.conf"
is "one that is told to use TC removes it" "$(wan mode) $(xdp_programs wan0)" "tc 0"
like "and says why" "$(wan why)" 'configuration'
finish mcingestd
mcingestd_up
finish mcingestd
is "a clean stop removes it" "$(xdp_programs wan0)" 0

# mode = xdp is a promise: a WAN that comes again without XDP is refused, for as long as it is so.
wan_is() { [[ $(wan mode) == "$1" ]]; }
mcingestd_up --config "$WORK/xdp.conf"
in_node ingest ip link del wan0
in_node ingest ip link add wan0 type bridge
in_node ingest ip link set wan0 up
until_true "a WAN without XDP is noticed" logged mcingestd 'cannot attach to wan0: driver refused XDP'
is "it is refused" "$(wan mode)" null
like "and status says why" "$(wan why)" 'cannot attach to wan0: driver refused XDP'
in_node ingest ip link set lan0 mtu 1400
until_true "another change is noticed" logged mcingestd 'lan0 has another MTU'
in_node ingest ip link set lan0 mtu 1500
until_true "and one more" logged mcingestd 'another MTU: 1500'
is "it is refused for as long as it is so" "$(wan mode)" null
is "nothing is attached there" "$(in_node ingest tc qdisc show dev wan0 clsact)" ""
is "said once" "$(grep -c 'cannot attach to wan0' "$WORK/mcingestd.log")" 1
in_node ingest ip link del wan0
in_node ingest ip link add wan0 type veth peer name far0
in_node ingest ip link set wan0 up
until_true "with XDP there again, it is taken" wan_is xdp
is "and no refusal is left" "$(wan why)" native
finish mcingestd
finished
