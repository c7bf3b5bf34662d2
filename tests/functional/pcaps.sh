#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# A whole join, captured at each point of README's picture, and read by tshark: what each point has to see, in its order.
# PCAPS=FOLDER keeps the captures there; those in user/share/doc/pcaps are made so, and must tell the same.
. "$(dirname "$0")/lib.sh"

SHIPPED=user/share/doc/pcaps
POINTS=(1-source 2-wan 3-lan 4-hosts)
declare -A NODE=([1-source]=relay [2-wan]=ingest [3-lan]=ingest [4-hosts]=receiver)
declare -A LINK=([1-source]=src0 [2-wan]=wan0 [3-lan]=lan0 [4-hosts]=eth0)
declare -A WANTED=(
    [1-source]="udp and dst host 232.1.1.1"
    [2-wan]="udp port 53 or udp port 2268"
    [3-lan]="ip proto 103 and (host 10.0.0.1 or host 10.0.0.2) or dst host 232.1.1.1"
    [4-hosts]="igmp and src host 10.1.0.10 or dst host 232.1.1.1"
)
# One word for each packet. A message that is repeated, since it may get lost, counts once.
declare -A STORY=(
    [1-source]="data data data"
    [2-wan]="question answer Discovery Advertisement Request Query join data data data leave Teardown"
    [3-lan]="join data data data prune"
    [4-hosts]="join data data data leave"
)

shark() { tshark -r "$1" -d udp.port==2268,amt -Y "$2" -T fields "${@:3}" 2>/dev/null | tr '\t' ' '; }
words() { # FIELDS=WORD...: a word for each line
    local args=() pair
    for pair in "$@"; do args+=(-e "s/^${pair%=*}\$/${pair##*=}/"); done
    sed "${args[@]}" | awk '!seen[$1]++ || $1 == "data"' | xargs
}
story() { # FILE POINT
    case $2 in
    1-source) shark "$1" udp -e ip.dst | words 232.1.1.1=data ;;
    2-wan)
        shark "$1" 'dns.qry.type == 260 || amt' -e dns.qry.type -e dns.flags.response -e amt.type -e igmp.record_type |
            words '260 0  =question' '260 1  =answer' '  1 =Discovery' '  2 =Advertisement' '  3 =Request' \
                '  4 =Query' '  5 [15]=join' '  5 6=leave' '  6 =data' '  7 =Teardown' ;;
    3-lan)
        shark "$1" 'pim.type == 3 || udp' -e pim.numjoins -e pim.numprunes -e udp.dstport |
            words '1 0 =join' '0 1 =prune' '  5001=data' ;;
    4-hosts)
        shark "$1" 'igmp.type == 0x22 || udp' -e igmp.record_type -e udp.dstport |
            words '5 =join' '6 =leave' ' 5001=data' ;;
    esac
}

lab_up
for point in "${POINTS[@]}"; do
    spawn "$point" "${NODE[$point]}" tcpdump -i "${LINK[$point]}" --immediate-mode -U -w "$WORK/$point.pcap" "${WANTED[$point]}"
    until_true "tcpdump listens at $point" logged "$point" 'listening on'
done
everything_up
receiver_up viewer 192.0.2.10 232.1.1.1 --count 3 --seconds 600
until_true "joined" channel_is 192.0.2.10 232.1.1.1 joined
send 192.0.2.10 232.1.1.1 --rate 10 --count 3 --size 100 >/dev/null
finish viewer none
until_true "the channel ends" no_channels
until_true "the relay hears of it" logged relay 'torn down|left'
finish mcingestd
for point in "${POINTS[@]}"; do
    finish "$point"
    is "what $point sees" "$(story "$WORK/$point.pcap" "$point")" "${STORY[$point]}"
    is "what the shipped capture shows" "$(story "$SHIPPED/$point.pcap" "$point")" "${STORY[$point]}"
    [[ -z ${PCAPS-} ]] || cp "$WORK/$point.pcap" "$PCAPS/"
done
finished
