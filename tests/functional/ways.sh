#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Relays of a source by every way of RFC 8777, in the configured order; every kind of DNS answer; DNSSEC; and named accepts the
# records that `mcingest rr` prints.
. "$(dirname "$0")/lib.sh"

ONE=203.0.113.15 TWO=203.0.113.16

with() { # LINE...: a daemon with this configuration, in place of the one before
    [[ ! ${PIDS[mcingestd]-} ]] || finish mcingestd
    printf '%s\n' "$@" >"$WORK/conf"
    mcingestd_up --config "$WORK/conf"
}
relays() { # SOURCE: way/address, in the order to be tried, or the reason why there is none
    api "lookup $1" 'if .relays == [] then .reason else [.relays[] | "\(.way)/\(.address)"] | join(" ") end'
}
joins_by() { # WHAT SOURCE GROUP RELAY
    receiver_up "viewer-$3" "$2" "$3" --seconds 600
    until_true "$1: joined" channel_is "$2" "$3" joined
    is "$1: joined at" "$(channel "$2" "$3" .relay)" "$4"
    finish "viewer-$3"
}
fails_by() { # SOURCE GROUP REASON
    receiver_up "viewer-$2" "$1" "$2" --seconds 600
    until_true "$1: failed" channel_is "$1" "$2" failed
    like "$1 fails" "$(channel "$1" "$2" .reason)" "$3"
    finish "viewer-$2"
}
meet_again() {
    until_true "FRR says Hello" neighbor_there
    until_true "FRR knows us" frr_knows_us
}

lab_up
in_node relay ip addr add 192.52.193.1/32 dev lo
in_node core ip route add 192.52.193.1/32 via $ONE
spawn relay relay "$PEERS/relay" --interface src0 --address $ONE --address $TWO --address 192.52.193.1 --advertise $TWO
until_true "the relay starts" logged relay 'listening on'

# All ways
with '[relays]' 'ways = configured dns-sd anycast source' 'domain = example.net' \
    'amtrelay = 198.18.0.0/16 7 1 1 203.0.113.16' 'amtrelay = 198.18.5.0/24 7 1 3 amtrelay.example.net' 'amtrelay = 192.0.2.20 0 0 0 .'
is "by all ways, in order, the source's own last" "$(relays 192.0.2.10 | sed -E 's/anycast[^ ]*/anycast/g; s/(dns-sd\/203.0.113.16 dns-sd\/2001:db8:15::16|dns-sd\/2001:db8:15::16 dns-sd\/203.0.113.16)/dns-sd/')" \
    "dns-sd anycast anycast source/$ONE"
like "the longest prefix that is configured, by name" "$(relays 198.18.5.10)" '^configured/(203.0.113.16|2001:db8:15::16) configured/.* source/203.0.113.15$'
is "denied by the configuration" "$(relays 192.0.2.20)" "the configuration says that the source has no relay"
is "each question with its way" "$(api 'lookup 192.0.2.10' '[.steps[] | "\(.way) \(.type)"] | unique | join(", ")')" \
    "dns-sd A, dns-sd AAAA, dns-sd PTR, dns-sd SRV, source AMTRELAY"
is "an SRV with another port is refused" "$(api counters '.refused.dns.address > 0')" true
like "for people: the way of each relay" "$(in_node ingest "$BUILD/mcingest" lookup 192.0.2.10)" "Ways: configured, then dns-sd, then anycast, then source; domain for dns-sd: example\.net\.; DNSSEC: off.*RELAY +WAY.*$ONE +source"
meet_again
joins_by "dns-sd" 192.0.2.10 232.1.1.1 $TWO
joins_by "configured, without discovery" 198.18.7.10 232.1.1.2 $TWO
fails_by 192.0.2.20 232.1.1.3 "the configuration says that the source has no relay"

# One way
with '[relays]' 'ways = anycast'
meet_again
joins_by "anycast" 192.0.2.10 232.1.2.1 $TWO
with '[relays]' 'ways = configured'
is "not configured" "$(relays 192.0.2.10)" "no relay is configured for the source"

# The local domain of /etc/resolv.conf
printf 'search example.net\nnameserver 100.64.0.53\n' >"/run/mcingest-lab/$LAB/etc/resolv.conf"
with '[relays]' 'ways = dns-sd'
like "dns-sd of the search domain" "$(relays 192.0.2.10)" '^dns-sd/'

# DNS servers at link-local addresses, as a router's own announcement has them
until_true "the server has a link-local address" link_local core ingest0
server="$(link_local core ingest0)%wan0"
sed -i 's/listen-on-v6 .*/listen-on-v6 { any; };/' "/run/mcingest-lab/$LAB/etc/bind/named.conf"
kill -HUP "$(cat "/run/mcingest-lab/$LAB/pid/named")"
until_true "named listens there" in_node ingest dig +tries=1 +time=1 "@$server" example.net SOA
printf 'search example.net\nnameserver %s\n' "$server" >"/run/mcingest-lab/$LAB/etc/resolv.conf"
with '[relays]' 'ways = dns-sd source'
like "resolv.conf names a server with a zone: relays and the search domain are found" "$(relays 192.0.2.10)" "^dns-sd/.* source/$ONE$"
with '[dns]' "server = $server@53" '[relays]' 'ways = source'
is "and so does the configuration" "$(relays 192.0.2.10)" "source/$ONE"
printf 'nameserver 100.64.0.53\n' >"/run/mcingest-lab/$LAB/etc/resolv.conf"

# What DNS may answer
with '[dns]' 'timeout = 1' 'server = 100.64.0.53@54' '[relays]' 'ways = source'
is "a server that nobody runs" "$(relays 192.0.2.10)" "DNS server cannot be reached: ICMP refuses packets to 100.64.0.53@54"
with '[dns]' 'timeout = 3' '[relays]' 'ways = source'
is "behind a DNAME, by a wildcard" "$(relays 198.18.6.66)" "source/$ONE"
is "an answer that needs TCP, as many as are tried" "$(api 'lookup 198.18.7.10' '"\(.relays | length) \(.steps[0].records | length)"')" "16 90"
is "a server that fails" "$(relays 198.18.8.10)" "DNS server fails: 100.64.0.53 says SERVFAIL"
is "a name without that record" "$(relays 192.0.2.21)" "no AMTRELAY record for the source"
is "no such name" "$(relays 192.0.2.20)" "no AMTRELAY record for the source"
is "a relay's name that does not exist" "$(relays 192.0.2.60)" "relay's name has no address"

# DNSSEC: one zone's key is known, of the other one a wrong one is
key() { in_node ingest dig +short "$1.18.198.in-addr.arpa" DNSKEY | grep '^257 ' | tr -s ' '; }
signed() { in_node ingest dig +dnssec +noall +answer "10.$1.18.198.in-addr.arpa" TYPE260 | grep -q RRSIG; }
until_true "the zones are signed" signed 9
until_true "the zones are signed" signed 10
printf '9.18.198.in-addr.arpa. IN DNSKEY %s\n10.18.198.in-addr.arpa. IN DNSKEY %s\n' "$(key 9)" "$(key 9)" >"$WORK/anchor"
with '[dns]' 'timeout = 3' "trust_anchor = $WORK/anchor" '[relays]' 'ways = source'
is "prefer: a signed zone" "$(relays 198.18.9.10)" "source/$ONE"
is "and it is validated" "$(api 'lookup 198.18.9.10' '"\(.dnssec) \(.steps[0].secure)"')" "prefer true"
is "prefer: a zone without signatures" "$(relays 192.0.2.10)" "source/$ONE"
bogus="^DNS answer fails DNSSEC validation: .*10\.18\.198\.in-addr\.arpa"
like "prefer: a zone that its key does not fit, and why" "$(relays 198.18.10.10)" "$bogus"
meet_again
fails_by 198.18.10.10 232.1.4.1 "$bogus"
joins_by "prefer: a signed zone" 198.18.9.10 232.1.4.2 $TWO
with '[dns]' 'timeout = 3' "trust_anchor = $WORK/anchor" 'dnssec = require' '[relays]' 'ways = source'
is "require: a signed zone" "$(relays 198.18.9.10)" "source/$ONE"
is "require: a zone without signatures" "$(relays 192.0.2.10)" "DNS answer is not validated by DNSSEC, as required"
with '[dns]' 'timeout = 3' "trust_anchor = $WORK/anchor" 'dnssec = off' '[relays]' 'ways = source'
is "off: a zone that its key does not fit" "$(relays 198.18.10.10)" "source/$ONE"

# Records for a zone
rr() { in_node ingest "$BUILD/mcingest" rr "$@"; }
compile() { # RECORD...: as named reads them
    printf '%s\n' '$TTL 1' '@ SOA ns h 1 1 1 1 1' '@ NS ns.example.' "$@" >"$WORK/zone"
    named-compilezone -q -o - arpa "$WORK/zone" | grep AMTRELAY
}
args=(192.0.2.10 "$ONE" "$TWO,20,optional" "2001:db8:15::15,200" relay.example.net ".,0")
rr "${args[@]}" >"$WORK/rr"
mapfile -t forms < <(grep -v '^;' "$WORK/rr")
mapfile -t generic < <(grep TYPE260 "$WORK/rr" | sed 's/^; //')
is "rr: a record for each relay" "${#forms[@]} ${#generic[@]}" "5 5"
is "named takes both forms for the same records" "$(compile "${forms[@]}")" "$(compile "${generic[@]}")"
is "and sees what was meant" "$(compile "${forms[@]}" | awk '{ print $5, $6, $7, $8 }' | sort)" \
    "$(sort <<<"10 0 1 $ONE
20 1 1 $TWO
200 0 2 2001:db8:15::15
10 0 3 relay.example.net.
0 0 0 .")"
like "rr: no relay" "$(rr 192.0.2.10 a..b 2>&1)" "'a\.\.b' is not a relay: expected an address"
rr 192.0.2.10 >/dev/null 2>&1
is "rr without a relay: status" $? 2

finish mcingestd
verdict $? "mcingestd ends well" || true
finished
