#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Something is missing on the way: the DNS record, the DNS server, the relay, or sense in the relay's answers. Each time
# the channel shows `failed` with the reason, and recovers by itself when the cause is gone.
. "$(dirname "$0")/lib.sh"

state=/run/mcingest-lab/$LAB
failed_because() { # SOURCE REASON
    [[ $(channel "$1" 232.1.1.1 '.state + ": " + (.reason // "")') == "failed: $2" ]]
}
viewer() { # SOURCE: somebody wants (SOURCE, 232.1.1.1)
    receiver_up "viewer-$1" "$1" 232.1.1.1 --seconds 600
}
fails() { # SOURCE REASON
    until_true "$1 fails: $2" failed_because "$1" "$2"
    ok "$1: failed, $2" true
}
# Joined, but nothing is sent: that is said after a while.
has_not_failed() { [[ $(channel "$1" 232.1.1.1 '.reason // "no data yet"') == "no data yet"* ]]; }
recovers() { # SOURCE WHAT
    until_true "$1 recovers: $2" channel_is "$1" 232.1.1.1 joined
    ok "$1: recovers $2" has_not_failed "$1"
}

everything_up

viewer 192.0.2.20
viewer 192.0.2.21
viewer 192.0.2.30
viewer 192.0.2.60
fails 192.0.2.20 "no AMTRELAY record for the source"
fails 192.0.2.21 "no AMTRELAY record for the source"
fails 192.0.2.30 "AMTRELAY says that the source has no relay"
fails 192.0.2.60 "relay's name has no address"
viewer 192.0.2.40
recovers 192.0.2.40 "at its second relay: the first is dead"
is "192.0.2.40 has the next by precedence" "$(channel 192.0.2.40 232.1.1.1 .relay)" 203.0.113.15

echo '20 AMTRELAY 10 0 1 203.0.113.15' >>"$state/etc/bind/zones/192.0.2"
echo '22 AMTRELAY 10 0 1 127.0.0.1' >>"$state/etc/bind/zones/192.0.2"
kill -HUP "$(cat "$state/pid/named")"
finish mcingestd # its cache knows for a minute that there was no record
mcingestd_up
recovers 192.0.2.20 "when the record is there"
viewer 192.0.2.22
fails 192.0.2.22 "AMTRELAY record is not usable"
ok "the record was counted" test "$(api counters .refused.dns.address)" -ge 1

kill -STOP "$(cat "$state/pid/named")"
viewer 192.0.2.10
fails 192.0.2.10 "DNS server does not answer: 100.64.0.53"
is "lookup has the same words for it" "$(api 'lookup 192.0.2.77' .reason)" "DNS server does not answer: 100.64.0.53"
kill -CONT "$(cat "$state/pid/named")"
recovers 192.0.2.10 "when the DNS server is back"
in_node ingest ip route add unreachable 100.64.0.53
is "no route to the DNS server" "$(api 'lookup 192.0.2.78' .reason)" "DNS server cannot be reached: no route to 100.64.0.53"
in_node ingest ip route del unreachable 100.64.0.53

finish mcingestd
finish relay
mcingestd_up
fails 192.0.2.10 "relay does not answer Discovery"
echo long-query >"$WORK/manners"
relay_up --manners "$WORK/manners"
fails 192.0.2.10 "relay does not answer Requests"
ok "nonsense was counted by reason" test \
    "$(api counters '[.refused.membership[], .refused.amt[]] | add')" -ge 3
finish relay
relay_up
recovers 192.0.2.10 "when the relay is back"
is "it has no data yet: that is said in time" "$(channel 192.0.2.10 232.1.1.1 .state)" joined
no_data_yet() { [[ $(channel 192.0.2.10 232.1.1.1 .reason) == "no data yet: "* ]]; }
until_true "without data, it says so" no_data_yet
like "for people: it says so" "$(in_node ingest "$BUILD/mcingest" channels)" "no data yet: the source is silent"
spawn sender source "$PEERS/source" --interface eth0 --source 192.0.2.10 --group 232.1.1.1 --rate 100 --count 100000 --size 100
until_true "until it has some" channel_is 192.0.2.10 232.1.1.1 receiving
is "until it has some" "$(channel 192.0.2.10 232.1.1.1 .reason)" null

# The only relay of a channel with data dies, and DNS with it: an outage of the WAN, say.
finish relay KILL
until_true "a relay that has died is missed" channel_is 192.0.2.10 232.1.1.1 failed
kill -STOP "$(cat "$state/pid/named")"
relay_up
until_true "it is back" channel_is 192.0.2.10 232.1.1.1 receiving
ok "a relay that is back serves, without a word from DNS" true
kill -CONT "$(cat "$state/pid/named")"
finish sender
ok "rejected messages are logged once a second at most" test \
    "$(grep -c 'rejected' "$WORK/mcingestd.log")" -le 60
finish mcingestd
finished
