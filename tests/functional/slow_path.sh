#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# What the programs leave to the kernel's stack reaches the LAN through the daemon: outer fragments, at 1,000 packets a second
# beside a channel on the fast path; and packets longer than the LAN's MTU, fragmented if they may be. The checks of the
# programs hold there too, and the rate has a limit.
. "$(dirname "$0")/lib.sh"

drops() { api counters ".drops.$1"; }
slow() { channel 192.0.2.10 232.1.1.1 .slow_packets; }
slow_is() { [[ $(slow) == "$1" ]]; }
served() { channel_is "$1" "$2" joined || channel_is "$1" "$2" receiving; } # FRR may not have left yet
moved_past() { (($(drops "$1") > $2)); }

arrived() { # NAME PACKETS: all of them, once, whole
    finish "$1" none
    verdict $? "$1: the receiver is content" || true
    is "$1: all arrived, once" "$(summary "$1" received) $(summary "$1" missing) $(summary "$1" duplicates)" "$2 0 0"
    is "$1: checksums and payload are right" "$(summary "$1" bad_checksums) $(summary "$1" bad_payload)" "0 0"
}

everything_up

# Outer fragments: 1,500 bytes inside, 1,530 outside, on a path of 1,500. DF is set inside: the relay cuts outside.
accounts_open
receiver_up keeps_large 192.0.2.10 232.1.1.1 --seconds 600 # joined, when the others have gone
receiver_up keeps_small 198.51.100.77 233.44.15.9 --seconds 600
join_both large small --last 4999 --timeout 120
send_both 5000 1472 100
arrived large 5000
arrived small 5000
is "large: the slow path counted them" "$(slow)" 5000
is "large: they are among its packets" "$(channel 192.0.2.10 232.1.1.1 '"\(.packets) \(.bytes)"')" "5000 $((5000 * 1500))"
log_says "large: the first one made it receiving" mcingestd '\(192\.0\.2\.10,232\.1\.1\.1\) receiving'
is "small: none took the slow path" "$(channel 198.51.100.77 233.44.15.9 '"\(.packets) \(.slow_packets)"')" "5000 0"
is "nothing was dropped" "$(api counters '.drops | with_entries(select(.value > 0)) | tojson')" "{}"
accounts_close "every packet has its place"
like "channels -v shows it" "$(in_node ingest "$BUILD/mcingest" channels -v)" 'slow path: 5000'

# The same checks, for datagrams in two fragments from the relay's place to wan0. Outer IP from 14, UDP
# from 34, AMT from 42, inner IP from 44; the second fragment begins where 74 was.
port=$(printf %04x "$(api tunnels '.tunnels[] | select(.relay == "203.0.113.15") | .local_port')")
mac=$(in_node ingest cat /sys/class/net/wan0/address)
SAMPLE=tests/samples/amt-6-data-v4.pcap
rest=$(od -An -v -tx1 -j $((40 + 74)) -N 32 $SAMPLE | tr -d ' \n')
fragments() { # [CHANGES to the first 74 bytes]
    local to=("0=${mac//:/}" "30=64400702" "18=$(printf %04x $RANDOM)")
    in_node core "$PEERS/inject" ingest0 $SAMPLE "${to[@]}" 16=003c 20=2000 "36=$port" "$@" mend cut=32
    in_node core "$PEERS/inject" ingest0 $SAMPLE "${to[@]}" 16=0034 20=0005 mend "34=$rest" cut=40
}
counted() { # WHAT REASON CHANGES...
    local before
    before=$(drops "$2")
    fragments "${@:3}"
    until_true "$1: $2" moved_past "$2" "$before"
    ok "$1: counted as $2" true
}
before=$(slow)
counted "unknown group" not_joined 63=99
counted "a channel of another relay" other_tunnel 56=c633644de92c0f09
counted "IGMP inside" inner_control 53=02
counted "PIM inside" inner_control 53=67
counted "TTL 1" ttl 52=01
counted "inner version 5" inner_version 44=55
counted "inner header of 4 words" inner_header 44=44
counted "inner length beyond the packet" truncated 46=ffff
counted "inner destination is no group" not_multicast 60=0a000032
is "none of these went out" "$(slow)" "$before"
fragments
until_true "an honest one goes out" slow_is $((before + 1))
ok "an honest one goes out" true

accounts_close "each of them has its place"

# What a relay sends comes by the WAN: a host of the LAN that writes the same cannot put it there.
in_node ingest sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.lan0.rp_filter=0
lan_mac=$(in_node ingest cat /sys/class/net/lan0/address)
refused_by_interface() { (($(api counters .refused.amt.interface) >= $1)); }
from_lan() { in_node access "$PEERS/inject" up0 $SAMPLE "0=${lan_mac//:/}" 30=64400702 "18=$(printf %04x $RANDOM)" "36=$port" "$@"; }
before=$(slow)
from_lan mend
until_true "Data by the LAN is refused" refused_by_interface 1
from_lan 42=02 mend
until_true "an Advertisement by the LAN is refused" refused_by_interface 2
fragments
until_true "the honest one goes out" slow_is $((before + 1))
ok "what comes by the LAN does not" true
log_says "the log names the interface and the cure" mcingestd 'relay 203\.0\.113\.15: its messages come in by lan0, which is no upstream interface.*--upstream'

# A LAN whose MTU is smaller than what comes
printf '[limits]\nslow_path = 10000\n' >"$WORK/limits.conf"
restarted() { # MTU [OPTION...]: a daemon that finds lan0 so, and a receiver
    for name in "${!PIDS[@]}"; do
        [[ $name == relay ]] || finish "$name"
    done
    in_node ingest ip link set lan0 mtu "$1"
    mcingestd_up --config "$WORK/limits.conf"
    until_true "FRR says Hello" neighbor_there
    receiver_up large 192.0.2.10 232.1.1.1 "${@:2}"
    until_true "joined" served 192.0.2.10 232.1.1.1
    accounts_open
}
sends() { # SIZE COUNT [OPTION...]
    send 192.0.2.10 232.1.1.1 --rate 500 --count "$2" --size "$1" "${@:3}" >/dev/null
}
restarted 1400 --last 499 --timeout 120
sends 1472 500 --no-df
arrived large 500
is "1,500 bytes are cut in two" "$(summary large wire) $(slow)" "1000 500"

restarted 1400 --last 499 --timeout 120
sends 2950 500 --no-df
arrived large 500
is "fragments of 1,500 and of 1,498 bytes are cut in two" "$(summary large wire)" 2000
accounts_close "every fragment has its place" wan

# 1,448 bytes come in one outer packet: the program has to leave them to the stack
restarted 1400 --last 499 --timeout 120
sends 1420 500 --no-df
arrived large 500
is "1,448 bytes, not cut on the way, are cut in two" "$(summary large wire) $(slow)" "1000 500"

restarted 1400 --seconds 600
sends 1472 100
until_true "DF: dropped" moved_past exceeds_mtu 99
is "DF: dropped and counted" "$(drops exceeds_mtu) $(slow)" "100 0"
sends 1420 100
until_true "DF, not cut on the way: dropped" moved_past exceeds_mtu 199
is "DF, not cut on the way: dropped and counted" "$(drops exceeds_mtu) $(slow)" "200 0"
accounts_close "every packet has its place, where none goes out"

# More than the slow path may send: 3,000 packets a second in 15 pieces each
restarted 128 --seconds 600
send 192.0.2.10 232.1.1.1 --rate 3000 --count 6000 --size 1472 --no-df >/dev/null
until_true "beyond the limit: dropped" moved_past slow_rate 0
ok "beyond the limit: dropped and counted" true
ok "the rest went out" test "$(slow)" -gt 1000
accounts_close "every packet has its place, beyond the limit"
ok "the daemon still answers" timeout "$PATIENCE" scripts/lab exec ingest "$BUILD/mcingest" status
finish mcingestd
verdict $? "mcingestd ends well" || true
finished
