#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Hosts without a router: plain Linux hosts on a LAN where nothing speaks PIM join by IGMPv3 and MLDv2, get their data, and
# leave. The querier of a Linux bridge takes part in the election. A LAN that is not configured for IGMP sees no Query; a LAN
# with a router and a host keeps what either of them wants.
#
#   INGEST lan1 10.2.0.5, fe80::5 ---- eth1 10.2.0.10, fe80::10 receiver      asked
#   INGEST lan0 10.0.0.1 ------------- up0 10.0.0.2 access (FRR)              not asked at first
. "$(dirname "$0")/lib.sh"

S=192.0.2.10 G=232.1.1.1
S6=2001:db8:5::10 G6=ff3e::8000:1

host() { api status ".interfaces[] | select(.name == \"$1\") | .$2"; }
host_is() { [[ $(host "$1" "$2") == "$3" ]]; }
moved() { (($(host "$1" "$2") > $3)); }
query_seen() { (($(shark "$1" -Y "$2" | wc -l) >= $3)); }
shark() { tshark -r "$WORK/$1.pcap" -o ip.check_checksum:TRUE "${@:2}" 2>/dev/null; }
count() { shark "$1" -Y "$2" | wc -l; }
capture() { # NAME INTERFACE: the box's own IGMP and MLD
    local mac
    mac=$(in_node ingest cat "/sys/class/net/$2/address")
    spawn "capture-$1" ingest tcpdump -i "$2" --immediate-mode -U -w "$WORK/$1.pcap" "ether src $mac and (ip proto 2 or ip6 proto 0)"
    until_true "capture on $2" logged "capture-$1" 'listening on'
}
joins() { # NAME NODE INTERFACE SOURCE GROUP [OPTION...]
    spawn "$1" "$2" "$PEERS/receiver" --interface "$3" --source "$4" --group "$5" "${@:6}"
    until_true "$1 joins" logged "$1" '^joined'
}
channels() { api channels '[.channels[] | "(\(.source),\(.group)) \(.state)"] | join(", ")'; }
closed() { logged mcingestd "\\($1,$2\\) closed"; }

LAN_END=(receiver eth1)
lab_up
ip -n "$LAB-ingest" link add lan1 type veth peer name eth1 netns "$LAB-receiver"
ip -n "$LAB-receiver" link set eth1 addrgenmode none up
ip -n "$LAB-ingest" link set lan1 addrgenmode none up
ip -n "$LAB-ingest" addr add 10.2.0.5/24 dev lan1
ip -n "$LAB-ingest" addr add fe80::5/64 dev lan1
ip -n "$LAB-receiver" addr add 10.2.0.10/24 dev eth1
ip -n "$LAB-receiver" addr add fe80::10/64 dev eth1
capture lan0 lan0
capture lan1 lan1
relay_up
mcingestd_up --downstream lan1 --igmp lan1

is "querier by IGMP" "$(host lan1 'igmp | "\(.querier) \(.address)"')" 'true 10.2.0.5'
is "querier by MLD" "$(host lan1 'mld | "\(.querier) \(.address)"')" 'true fe80::5'
is "keys of a querier" "$(host lan1 'igmp | keys | join(" ")')" "address counters expires_s memberships next_query_s querier query_interval_s robustness send_error"
is "keys of its counters" "$(host lan1 'mld.counters | keys | join(" ")')" "no_source old_queries old_reports queries_delayed queries_received queries_sent reports_received skipped"
is "not where nobody asked for it" "$(host lan0 'igmp')$(host lan0 'mld')" nullnull

# Join, data, leave; both families
accounts_open
for family in 4 6; do
    if ((family == 4)); then
        source=$S group=$G protocol=igmp query="igmp.type == 0x11 && ip.dst == $G"
    else
        source=$S6 group=$G6 protocol=mld query="icmpv6.type == 130 && ipv6.dst == $G6"
    fi
    joins "viewer$family" receiver eth1 $source $group --last 1999 --timeout 120
    until_true "$protocol: joined" channel_is $source $group joined
    is "$protocol: on that LAN alone" "$(channel $source $group '.interfaces | join(" ")')" lan1
    is "$protocol: one membership" "$(host lan1 $protocol.memberships)" 1
    send $source $group --rate 1000 --count 2000 --size 1300 >/dev/null
    finish "viewer$family" none
    verdict $? "$protocol: the receiver is content" || true
    is "$protocol: all packets arrived" "$(summary "viewer$family" received)" 2000
    until_true "$protocol: the host's leave closes the channel" closed $source $group
    ok "$protocol: the host's leave closes the channel" no_channels
    ok "$protocol: it was asked for twice before" query_seen lan1 "$query" 2
    is "$protocol: and no more" "$(count lan1 "$query")" 2
    is "$protocol: no membership is left" "$(host lan1 $protocol.memberships)" 0
done

# Somebody else's receiver: iperf 2
iperf_joins() { # NAME SOURCE GROUP [OPTION...]
    spawn "$1" receiver iperf --server --udp --bind "$3%eth1" --ssm-host "$2" --interval 1 "${@:4}"
    until_true "$1 joins" channel_is "$2" "$3" joined
    send "$2" "$3" --rate 1000 --count 1000 --size 1300 >/dev/null
    until_true "$1: data" is_carried "$2" "$3" 1000
    finish "$1" INT
    until_true "$1 has left" no_channels
    ok "$1 joins by source, and leaves" true
}
is_carried() { (($(channel "$1" "$2" .packets) >= $3)); }
iperf_joins iperf $S $G
iperf_joins iperf6 $S6 $G6 --ipv6_domain
accounts_close "every packet has its place"

# A killed daemon's memberships are taken over, and a host that is still there confirms them
joins viewer receiver eth1 $S $G --seconds 600
until_true "joined before the daemon is killed" channel_is $S $G joined
finish mcingestd KILL
mcingestd_up --downstream lan1 --igmp lan1
is "the membership is there at once" "$(host lan1 igmp.memberships)" 1
is "and its channel" "$(channel $S $G .state)" joined
ok "without a new join" test "$(grep -c ' joined on ' "$WORK/mcingestd.log")" = 0
until_true "the host answers the first General Query" moved lan1 igmp.counters.reports_received 0
ok "the host answers the first General Query" true
finish viewer INT
until_true "and can leave" no_channels

# What names no source
in_node receiver ip addr add $G/32 dev eth1 autojoin
until_true "EXCLUDE mode is counted" moved lan1 igmp.counters.no_source 0
log_says "EXCLUDE mode is counted" mcingestd "host 10.2.0.10 on lan1 asks for group $G without a source"
in_node receiver ip addr del $G/32 dev eth1
# Linux repeats a change of IGMPv3 even if it speaks IGMPv2 by then: let it be over
in_node receiver sysctl -qw net.ipv4.conf.eth1.igmpv3_unsolicited_report_interval=1 net.ipv6.conf.eth1.mldv2_unsolicited_report_interval=1
sleep 3
in_node receiver sysctl -qw net.ipv4.conf.eth1.force_igmp_version=2 net.ipv6.conf.eth1.force_mld_version=1
joins old receiver eth1 $S $G --seconds 600
until_true "an IGMPv2 report is counted" moved lan1 igmp.counters.old_reports 0
ok "an IGMPv2 report is counted" true
joins old6 receiver eth1 $S6 $G6 --seconds 600
until_true "an MLDv1 report is counted" moved lan1 mld.counters.old_reports 0
ok "an MLDv1 report is counted" true
finish old INT
finish old6 INT
in_node receiver sysctl -qw net.ipv4.conf.eth1.force_igmp_version=0 net.ipv6.conf.eth1.force_mld_version=0
doctor
finds "doctor: reports without a source" warn hosts 'lan1: [0-9]+ IGMP reports name no source -> let the hosts name the source'
finds "doctor: reports of an old version" warn hosts 'lan1: [0-9]+ reports are of an old version of IGMP -> hosts must speak IGMPv3 and MLDv2'
finds "doctor: the same, MLD" warn hosts 'lan1: [0-9]+ reports are of an old version of MLD'
is "none of it opened a channel" "$(channels)" ""
is "nothing that hosts said was refused" "$(api counters '[.refused.membership | to_entries[] | select(.value > 0).key] | join(" ")')" ""

# Spoilt reports, by hand: Ethernet 14, IP with Router Alert 24, IGMP from 38 on
inject() { in_node receiver "$PEERS/inject" eth1 "tests/samples/$1.pcap" "${@:2}"; }
spoilt() { # WHAT REASON SAMPLE CHANGE...
    inject "${@:3}"
    until_true "$1: counted" refused_as "$2"
    ok "$1: counted as $2" true
}
refused_as() { (($(api counters ".refused.membership.$1") > 0)); }
sum=$(od -An -tx1 -j$((40 + 24)) -N2 tests/samples/igmp3-report-allow.pcap | tr -d ' ')
spoilt "a report, IGMP checksum" checksum igmp3-report-allow 40=dead
spoilt "a report, cut short" truncated igmp3-report-allow 16=ffff
spoilt "a report, TTL 2" off_link igmp3-report-allow 22=02 "24=$(printf %04x $((0x$sum - 0x100)))"
lines=$(wc -l <"$WORK/mcingestd.log") began=$SECONDS
inject igmp3-report-allow 40=dead times=20000
ok "20,000 of them are a line a second in the log" test $(($(wc -l <"$WORK/mcingestd.log") - lines)) -le $((SECONDS - began + 3))
is "and open no channel" "$(channels)" ""

# Forged Queries, with Robustness 7 and the longest Query Interval: seven times nine hours of silence
spoilt "a Query from nowhere" sender igmp3-query-general 26=01020304 46=07ff mend
spoilt "a Query to a group, for all" destination igmp3-query-general 26=0a020002 30=e8060001 46=07ff mend
is "and we are querier still" "$(host lan1 igmp.querier)" true
inject igmp3-query-general 26=0a020002 46=07ff mend
until_true "one of the subnet counts" host_is lan1 igmp.querier false
doctor
finds "doctor: another querier" ok hosts 'lan1: 10.2.0.2 is querier of IGMP'
ok "but for ten minutes at most" test "$(host lan1 'igmp.expires_s | floor')" -lt 600

inject igmp3-query-general 16=0020 26=0a020002 mend # of eight bytes, as IGMPv2's
until_true "a Query of IGMPv2 is counted" moved lan1 igmp.counters.old_queries 0
doctor
finds "doctor: a querier of an old version" warn hosts 'lan1: [0-9]+ Queries of another router are of an old version of IGMP -> set the other querier to IGMPv3'

# Without Router Alert, as behind some switches
inject igmp3-report-allow 26=0a02000a 34=01010101 mend
until_true "a report without Router Alert counts" channel_is $S $G joined
ok "a report without Router Alert counts" true
finish mcingestd
printf '[igmp]\nrequire_router_alert = yes\n' >"$WORK/alert.conf"
mcingestd_up --downstream lan1 --igmp lan1 --config "$WORK/alert.conf"
spoilt "a report without Router Alert, where it is required" off_link igmp3-report-allow 26=0a02000a 34=01010101 mend
is "and opens no channel" "$(channels)" ""

# A querier with a lower address: a Linux bridge's, with Queries every second
in_node receiver ip link add br0 type bridge mcast_snooping 1 mcast_querier 1 mcast_igmp_version 3 mcast_mld_version 2 mcast_query_use_ifaddr 1 mcast_startup_query_interval 100 mcast_query_interval 100
in_node receiver ip addr flush dev eth1
in_node receiver ip link set eth1 master br0
in_node receiver ip addr add 10.2.0.2/24 dev br0
in_node receiver ip addr add fe80::2/64 dev br0
in_node receiver ip link set br0 addrgenmode none up
for protocol in igmp mld; do
    until_true "$protocol: another is querier" host_is lan1 $protocol.querier false
    like "$protocol: the lower address" "$(host lan1 $protocol.address)" '^(10\.2\.0\.|fe80::)2$'
    is "$protocol: its interval" "$(host lan1 $protocol.query_interval_s)" 1
done
silent=$(host lan1 igmp.counters.queries_sent)
joins guest receiver br0 $S $G --seconds 600
until_true "who is no querier serves hosts all the same" channel_is $S $G joined
ok "who is no querier serves hosts all the same" true
is "without a Query of its own" "$(host lan1 igmp.counters.queries_sent)" "$silent"
finish guest INT
in_node receiver ip link del br0
for protocol in igmp mld; do
    until_true "$protocol: querier again when the other is silent" host_is lan1 $protocol.querier true
    ok "$protocol: querier again when the other is silent" true
    is "$protocol: with its own interval" "$(host lan1 $protocol.query_interval_s)" 125
done
finish mcingestd
verdict $? "mcingestd ends well" || true

# A router and a host on one LAN
is "the LAN that nobody named has seen no Query" "$(count lan0 'igmp.type == 0x11 || icmpv6.type == 130')" 0
mcingestd_up --igmp lan0 --debug
until_true "FRR says Hello" neighbor_there
until_true "FRR knows us" frr_knows_us
joins routed receiver eth0 $S $G --seconds 600
until_true "the router joins" channel_is $S $G joined
joins direct access up0 $S $G --seconds 600
until_true "the host joins" host_is lan0 igmp.memberships 1
finish direct INT
until_true "the host leaves" host_is lan0 igmp.memberships 0
is "what the router wants stays" "$(channel $S $G .state)" joined
joins direct access up0 $S $G --seconds 600
until_true "the host joins again" host_is lan0 igmp.memberships 1
finish routed INT
until_true "the router prunes" logged mcingestd "pim: .*$S,$G.* Join -> NoInfo: Prune"
is "what the host wants stays" "$(channel $S $G .state)" joined
finish direct INT
until_true "with the last of them it ends" no_channels
ok "with the last of them it ends" true
finish mcingestd
verdict $? "mcingestd ends well" || true
sleep 0.2
finish capture-lan0
finish capture-lan1

# Every Query, as tshark sees it
not_good='_ws.malformed || _ws.expert.severity == error || ip.checksum.status == 0 || igmp.checksum.status == 0 || icmpv6.checksum.status == 0'
is "nothing is malformed, every checksum is good" "$(count lan1 "$not_good")" 0
ok "General Queries, IGMPv3" test "$(count lan1 'igmp.type == 0x11 && igmp.version == 3 && ip.dst == 224.0.0.1 && ip.src == 10.2.0.5 && ip.ttl == 1 && ip.opt.ra && igmp.max_resp == 100 && igmp.qrv == 2 && igmp.qqic == 125')" -ge 1
ok "General Queries, MLDv2" test "$(count lan1 'icmpv6.type == 130 && ipv6.dst == ff02::1 && ipv6.src == fe80::5 && ipv6.hlim == 1 && ipv6.opt.router_alert == 0 && icmpv6.mld.maximum_response_code == 10000 && icmpv6.mld.flag.qrv == 2 && icmpv6.mld.qqi == 125')" -ge 1
ok "Queries for (S,G), IGMPv3" test "$(count lan1 "igmp.type == 0x11 && ip.dst == $G && igmp.max_resp == 10 && igmp.num_src == 1 && igmp.saddr == $S")" -ge 2
ok "Queries for (S,G), MLDv2" test "$(count lan1 "icmpv6.type == 130 && ipv6.dst == $G6 && icmpv6.mld.nb_sources == 1 && icmpv6.mld.source_address == $S6")" -ge 2
is "every Query has Router Alert" "$(count lan1 '(igmp.type == 0x11 && !ip.opt.ra) || (icmpv6.type == 130 && !ipv6.opt.router_alert)')" 0
finished
