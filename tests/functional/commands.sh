#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The output of mcingest, for programs (the keys are a contract) and for people; and lookups of every kind: a plain
# record, a name behind a CNAME, a DNAME, IPv6, several precedences, and no record.
. "$(dirname "$0")/lib.sh"

has() { # 'COMMAND' JQ-PATH-TO-AN-OBJECT KEY...: the object has these keys, no others, and the manual has them
    local key unsaid=
    for key in "${@:3}"; do
        grep -q "\`$key\`" user/share/man/mcingest-json.7.md || unsaid+=" $key"
    done
    is "$1 --json: mcingest-json(7) has the keys of $2" "$unsaid" ""
    is "$1 --json: keys of $2" "$(api "$1" "$2 | keys | sort | join(\" \")")" "$(printf '%s\n' "${@:3}" | sort | tr '\n' ' ' | sed 's/ $//')"
}
shows() { # WHAT REGEX 'COMMAND'
    # shellcheck disable=SC2086 # words on purpose
    like "$1" "$(in_node ingest "$BUILD/mcingest" $3)" "$2"
}
relays() { # SOURCE: address/precedence/discovery, in the order to be tried, names sorted
    api "lookup $1" '[.relays[] | "\(.address)/\(.precedence)/\(if .discovery_optional then "D" else "-" end)"] | join(" ")'
}
about_1000() { # COMMAND JQ-PATH-TO-AN-OBJECT: packets a second
    [[ $(api "$1" "$2 | .packets_per_s > 500 and .packets_per_s < 2000") == true ]]
}
sums_agree() { # of one look at the counters: status says the same before and after
    local before sum after=
    until [[ ${before-} && $before == "$after" ]]; do
        before=$(api status .packets_per_s)
        sum=$(api channels '[.channels[].packets_per_s] | add')
        after=$(api status .packets_per_s)
    done
    jq -n "$before - $sum | fabs < 0.2"
}
wan_is_down() { [[ $(api health .wan) == false ]]; }
flows() { [[ $(channel 192.0.2.10 232.1.1.1 '.state == "receiving" and .packets > 30') == true ]]; }

everything_up
receiver_up viewer 192.0.2.10 232.1.1.1 --seconds 600
receiver_up nobody 192.0.2.30 232.1.1.1 --seconds 600
until_true "joined" channel_is 192.0.2.10 232.1.1.1 joined
until_true "failed" channel_is 192.0.2.30 232.1.1.1 failed
send 192.0.2.10 232.1.1.1 --rate 100 --count 10 --size 100 >/dev/null
until_true "receiving" channel_is 192.0.2.10 232.1.1.1 receiving

has status .slow_path packets packets_per_s unseen aggregates fragments options exceeds_mtu
has status . host version instance pid since uptime_s interfaces channels packets_per_s bits_per_s slow_path tunnels waiting longest_stall_ms log_lines_lost timers draining limits rates
has status '.interfaces[0]' name role mode why in_front addresses neighbors observed dr refused igmp mld
has status .channels discovering connecting joined receiving failed
has status .waiting discoveries new_relays
has status .limits channels tunnels discoveries network_discoveries new_relays unanswered_relays neighbors joins
has neighbors '.neighbors[0]' interface address other_subnet dr since holdtime_s expires_s dr_priority generation_id propagation_delay_ms override_interval_ms addresses
has channels '.channels[0]' source group state reason relays relay move other_relay interfaces packets bytes slow_packets packets_per_s bits_per_s rtp_lost since retry_s lingers_s wanted asserts trace dropped drop_sizes last_drop rate_limit stopped history
has channels '.channels[0].history[0]' at state relay reason move
has channels '.channels[0].wanted[0]' interface by neighbor state expires_s prune_s
has interfaces '.interfaces[0]' name role mode why in_front addresses up mtu refused unasked_reports pim igmp mld
has interfaces '.interfaces[1]' name role mode why in_front addresses up mtu
has interfaces '.interfaces[0].pim[0]' family address further_addresses observing generation_id next_hello_s dr dr_is_us override_interval_ms neighbors joins generation_noticed send_error
has channels '.channels[0].trace' join_seen dns_answered tunnel_up update_sent first_packet
has tunnels . tunnels discoveries held_down
has tunnels '.tunnels[0]' relay local local_port since channels data_on_socket round_trip_ms full p_flag igmp mld
has tunnels '.tunnels[0].igmp' state next_request_s query_interval_s robustness wanted
has tunnels '.discoveries[0]' address relay waiting
has counters . account drops refused pim
has counters .account passed forwarded dropped unsent lost unread
has counters .refused pim amt membership dns
has counters '.pim[0]' interface family hellos_sent hellos_received join_prunes_received asserts_sent asserts_received prune_echoes_sent entries_skipped entries_refused joins_refused for_other_router parts_skipped joins_yielded
has 'lookup 192.0.2.10' . source owner ways domain dnssec steps relays reason
has 'lookup 192.0.2.10' '.steps[0]' way name type status reason canonical ttl_s secure ms records

is "packets of a channel" "$(channel 192.0.2.10 232.1.1.1 .packets)" 10
spawn steady source "$PEERS/source" --interface eth0 --source 192.0.2.10 --group 232.1.1.1 --rate 20 --count 20000 --size 100
until_true "receiving again, and to its end" flows
is "reason of a failed one" "$(channel 192.0.2.30 232.1.1.1 .reason)" "AMTRELAY says that the source has no relay"
is "who wants a channel" "$(channel 192.0.2.10 232.1.1.1 '.wanted[] | "\(.interface) \(.by) \(.neighbor) \(.state) \(.expires_s > 150)"')" "lan0 pim 10.0.0.2 join true"
is "whom PIM speaks as, and the designated router" "$(api interfaces '.interfaces[0].pim[0] | "\(.address) \(.dr) \(.dr_is_us) \(.neighbors) \(.joins)"')" "10.0.0.1 10.0.0.2 false 1 2"
is "the tunnel asks again by the Query's QQIC" "$(api tunnels '.tunnels[0].igmp | .query_interval_s == 125 and .next_request_s > 10 and .next_request_s <= 125')" true
is "every drop reason has a counter" "$(api counters '.drops | length')" "$(grep -c '^	MCI_DROP_[A-Z_]*, *\/' include/mcingest/maps.h)"

is "lookup: plain" "$(relays 192.0.2.10)" "203.0.113.15/10/-"
is "lookup: by precedence" "$(relays 192.0.2.40)" "203.0.113.99/10/- 203.0.113.15/20/- 203.0.113.16/30/D"
is "lookup: behind a DNAME" "$(relays 198.18.5.10)" "203.0.113.15/10/-"
like "lookup: a name behind a CNAME, both families" "$(relays 198.51.100.77)" '^(203.0.113.16/10/D 2001:db8:15::16/10/D|2001:db8:15::16/10/D 203.0.113.16/10/D)$'
is "lookup: IPv6" "$(relays 2001:db8:5::10)" "2001:db8:15::15/10/-"
is "lookup: none" "$(api 'lookup 192.0.2.20' .reason)" "no AMTRELAY record for the source"
in_node ingest "$BUILD/mcingest" lookup 192.0.2.20 >/dev/null
is "lookup without a relay: status" $? 1
in_node ingest "$BUILD/mcingest" lookup 192.0.2.10 >/dev/null
is "lookup with a relay: status" $? 0

shows "for people: status" 'lan0 +downstream +tc +1 +- +0 +10\.0\.0\.1' status
shows "for people: no command is the status" 'wan0 +upstream +tc' ''
shows "for people: neighbors" 'lan0 +10\.0\.0\.2' neighbors
shows "for people: interfaces" 'lan0 +downstream +up +tc +1500 +0 +10\.0\.0\.1 ' interfaces
shows "for people: PIM on the interfaces" 'lan0 +10\.0\.0\.1 +10\.0\.0\.2 +1 +2 ' interfaces
shows "for people: who wants a channel" 'lan0: router 10\.0\.0\.2, join, expires in ' 'channels -v'
shows "for people: how a channel came to its state" 'Z joined, relay 203\.0\.113\.15[[:space:]]' 'channels -v'
shows "for people: channels" '192\.0\.2\.10 +232\.1\.1\.1 +receiving +203\.0\.113\.15 +lan0 +[0-9]+ ' channels
shows "for people: why a channel failed" 'no relay' channels
shows "for people: tunnels" '203\.0\.113\.15 +100\.64\.7\.2:[0-9]+ +1 +active' tunnels
shows "for people: counters" 'not_joined +0' counters
shows "for people: the account" 'passed +[0-9]+[[:space:]]+forwarded +[0-9]+[[:space:]]+dropped +0' counters
shows "for people: PIM's counters, each under its heading" 'UNREAD[[:space:]]+lan0 +ipv4( +[0-9]+){11}[[:space:]]+lan0 +ipv6' counters
shows "for people: lookup" '10 0 1 203\.0\.113\.15' 'lookup 192.0.2.10'

# 1,000 packets a second of 128 bytes with their headers; status first, which itself looks at no counter
receiver_up fast 192.0.2.10 232.1.1.2 --seconds 600
until_true "joined" channel_is 192.0.2.10 232.1.1.2 joined
spawn flow source "$PEERS/source" --interface eth0 --source 192.0.2.10 --group 232.1.1.2 --rate 1000 --count 60000 --size 100
until_true "status shows the rate of what is forwarded" about_1000 status .
ok "status shows the rate of what is forwarded" true
until_true "channels shows a channel's rate" about_1000 channels '.channels[] | select(.group == "232.1.1.2")'
ok "channels shows a channel's rate" true
is "bits are those of the packets" "$(api channels '.channels[] | select(.group == "232.1.1.2") |
    .bits_per_s / .packets_per_s / (128 * 8) | . > 0.99 and . < 1.01')" true
shows "for people: a channel's rate" '232\.1\.1\.2 +receiving .* +[0-9]+\.[0-9] +[0-9.]+ [kM]b/s ' channels
shows "for people: the rate in all" 'Forwards +[0-9.]+ [kM]b/s, [0-9]+\.[0-9] packets/s' status
is "status shows the sum of what channels shows" "$(sums_agree)" true

# Health, for keepalived and the like: data flows, the WAN's cable is pulled, then the daemon stops
has health . healthy wan lan relay prompt receiving reasons
shows "for people: health" '^healthy: WAN and LANs are up, [1-9]' health
finish steady
finish flow
finish fast
in_node ingest "$BUILD/mcingest" health >/dev/null
is "healthy: status" $? 0
in_node ingest ip link set wan0 down
until_true "the WAN is down" wan_is_down
said=$(in_node ingest "$BUILD/mcingest" health)
is "unhealthy: status" $? 1
like "unhealthy: why" "$said" "^unhealthy: no WAN is up" # and perhaps that relays do not answer any more
in_node ingest ip link set wan0 up
in_node ingest ip route add default via 100.64.7.1 2>/dev/null
in_node ingest "$BUILD/mcingest" health --socket "$WORK/none" 2>/dev/null
is "no daemon: status" $? 2

# Everything for a developer
is "support --json" "$(api "support $WORK/s.tar.gz --mask" '"\(.file) \(.masked)"')" "$WORK/s.tar.gz true"
mkdir "$WORK/s"
tar -xzf "$WORK/s.tar.gz" -C "$WORK/s" --strip-components=1
is "support: the channels are there, with names for addresses" \
    "$(jq -r '[.channels[] | "\(.source[:4]) \(.group[:7])"] | unique | join(",")' "$WORK/s/channels.json")" "ip4- group4-"
is "support: no address is left" "$(grep -rlE '192\.0\.2\.10|203\.0\.113\.15' "$WORK/s" | wc -l)" 0
is "support: its file is ours alone" "$(stat -c %a "$WORK/s.tar.gz")" 600
said=$(in_node ingest "$BUILD/mcingest" support "$WORK/s.tar.gz" 2>&1)
is "support: a file that is there: status" $? 1
like "support: a file that is there" "$said" 'cannot make .*: File exists'

# Events as they happen
spawn monitor ingest "$BUILD/mcingest" monitor --json
until_true "it begins" logged monitor '"event":"begin"'
receiver_up watched 192.0.2.10 232.1.1.9 --seconds 600
until_true "joined" channel_is 192.0.2.10 232.1.1.9 joined
log_says "monitor: a join, with its interface" monitor '"event":"join".*"group":"232.1.1.9".*"interface":"lan0"'
log_says "monitor: the channel's states, with the relay" monitor '"event":"channel".*"relay":"203.0.113.15".*joined'
send 192.0.2.10 232.1.1.9 --rate 1000 --count 20 --size 100 --ttl 2 >/dev/null
log_says "monitor: drops of a second" monitor '"event":"drops","drops":\{"ttl":[0-9]+\}'
finish monitor
is "monitor --json: keys of an event" "$(grep -m 1 '"event":"join"' "$WORK/monitor.log" | jq -r 'keys | join(" ")')" \
    "event group interface level neighbor relay source text time"
finish watched
shows "for people: events" 'begin +mcingestd ' 'monitor --count 1'

# Commands that change something, and the rest
has "join 192.0.2.10 232.1.1.50" .joined source group interface
has "leave 192.0.2.10 232.1.1.50" .left source group interface
has "rr 192.0.2.10 203.0.113.15" . owner records
has "rr 192.0.2.10 203.0.113.15" '.records[0]' amtrelay generic
has top . status tunnels neighbors channels
receiver_up behind 192.0.2.40 232.1.1.40 --seconds 600
held() { [[ $(api tunnels '.held_down[].relay') == 203.0.113.99 ]]; }
until_true "a relay that is not there is held down" held
has tunnels '.held_down[0]' relay reason full failures since ends_s
has "lift 203.0.113.99" . lifted
finish behind
has drain . draining
has "drain --end" . draining
has reload . reloading
restarts() { [[ $(api restart 'keys | join(" ")') == restarting ]]; } # once the reload is over
until_true "restart --json: its key" restarts
ok "restart --json: its key" true
ready_again() { (($(grep -c ' ready$' "$WORK/mcingestd.log") == 3)); }
until_true "the next daemon is ready" ready_again

# Something that breaks off in the middle of its reply
spawn half ingest perl -MIO::Socket::UNIX -e '
    my $s = IO::Socket::UNIX->new(Listen => 1, Local => $ARGV[0]) or die; my $c = $s->accept; <$c>; print $c q({"channels":[{)' "$WORK/half"
until_true "it listens" test -S "$WORK/half"
said=$(in_node ingest "$BUILD/mcingest" --socket "$WORK/half" channels 2>&1)
is "a reply that breaks off: status" $? 1
like "a reply that breaks off is named" "$said" "^mcingest: the reply from $WORK/half ends early: the daemon has stopped, or this command was too slow"
finish half none

finish mcingestd
verdict $? "mcingestd ends well" || true
finished
