#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Relays that misbehave. Wrong messages are rejected and counted, wrong data does not reach the LAN, and the channel comes
# from the next relay, or from the same one once it behaves. Each case has a group of its own. IPv4 sources are behind
# relays over IPv4 and over IPv6; one source is IPv6.
# shellcheck disable=SC2086 # addresses are words
. "$(dirname "$0")/lib.sh"

# Two relays, the first by precedence, over IPv4 and over IPv6; and those that a Discovery leads to.
declare -A S=([4]=192.0.2.45 [6]=192.0.2.46) DISCOVERED=([4]=192.0.2.47 [6]=192.0.2.48)
declare -A ONE=([4]=203.0.113.15 [6]=2001:db8:15::15) TWO=([4]=203.0.113.16 [6]=2001:db8:15::16)
NEXT=0 # the last byte of a group

zone() {
    local zones=/run/mcingest-lab/$LAB/etc/bind/zones
    cat >>"$zones/192.0.2" <<END
46 AMTRELAY 10 1 2 ${ONE[6]}
46 AMTRELAY 20 1 2 ${TWO[6]}
47 AMTRELAY 10 0 1 ${ONE[4]}
47 AMTRELAY 20 0 1 ${TWO[4]}
48 AMTRELAY 10 0 2 ${ONE[6]}
48 AMTRELAY 20 0 2 ${TWO[6]}
END
    kill -HUP "$(cat "/run/mcingest-lab/$LAB/pid/named")"
}

counter() { api counters ".$1"; }
moved() { (($(counter "$1") >= $2)); }
tunnel() { api tunnels ".tunnels[] | select(.relay == \"$1\") | $2"; }
served_by() { [[ $(channel "$1" "$2" '"\(.relay) \(.state)"') == "$3 receiving" ]]; }
next_group() { G=232.1.2.$((++NEXT)); }

watch() { # SOURCE [WHO]: a group of its own, which somebody sees, and which is sent
    next_group
    receiver_up "${2-}viewer" "$1" "$G" --seconds 600
    spawn "${2-}sender" source "$PEERS/source" --interface eth0 --source "$1" --group "$G" \
        --rate 200 --count 20000 --size 100
}
unwatch() { # [WHO]
    finish "${1-}viewer"
    finish "${1-}sender"
}

# The channel comes by way of RELAY; what was refused meanwhile is in COUNTER.
comes_by() { # WHAT SOURCE RELAY [COUNTER]
    local before=${4:+$(counter "$4")}
    watch "$2"
    until_true "$1" served_by "$2" "$G" "$3"
    [[ -z ${4-} ]] || until_true "$1: counted" moved "$4" $((before + 1))
    ok "$1" true
    unwatch
}

lab_up
zone
for host in 46 47 48; do in_node source ip addr add 192.0.2.$host/32 dev eth0; done
relay_at one --address ${ONE[4]} --address ${ONE[6]}
relay_at two --address ${TWO[4]} --address ${TWO[6]}
link_local_up
printf '[tunnels]\nhold_down = 1\n[channels]\nlinger = 0\n' >"$WORK/conf"
mcingestd_up --debug --config "$WORK/conf"
until_true "FRR says Hello" neighbor_there
until_true "FRR knows us" frr_knows_us

for family in 4 6; do
    manners one wrong-nonce
    comes_by "IPv$family: a Query with another nonce is refused" ${S[$family]} ${TWO[$family]} refused.amt.nonce
    comes_by "IPv$family: an Advertisement, too" ${DISCOVERED[$family]} ${TWO[$family]} refused.amt.nonce
    is "IPv$family: it names no relay" "$(grep -c "amt: ${ONE[$family]} names" "$WORK/mcingestd.log")" 0
    manners one short-query
    comes_by "IPv$family: a Query cut short" ${S[$family]} ${TWO[$family]} refused.membership.truncated
    manners one long-query
    comes_by "IPv$family: a Query whose length lies" ${S[$family]} ${TWO[$family]} refused.membership.truncated
    manners one wrong-checksum
    comes_by "IPv$family: a Query with a wrong checksum" ${S[$family]} ${TWO[$family]} refused.membership.checksum
    manners one "other-address ${TWO[$family]}"
    comes_by "IPv$family: answers from another address" ${S[$family]} ${TWO[$family]}
done

# Advertised relays that cannot be one: it is not spoken to, and the next is taken at once.
manners one
for named in "127.0.0.1 ff3e::8000:1" "232.1.1.1 ::1" "10.0.0.2 2001:db8:a::2" "100.64.7.2 2001:db8:1::2"; do
    finish one
    relay_at one --address ${ONE[4]} --address ${ONE[6]} --advertise ${named% *} --advertise ${named#* }
    comes_by "IPv4: ${named% *} advertised" ${DISCOVERED[4]} ${TWO[4]} refused.amt.address
    comes_by "IPv6: ${named#* } advertised" ${DISCOVERED[6]} ${TWO[6]} refused.amt.address
done
finish one
relay_at one --address ${ONE[4]} --address ${ONE[6]}

# An IPv6 source has one relay: it gets on with it once that behaves. PIM over IPv6 is said by hand (ipv6.sh).
neighbor6_up
before=$(counter refused.membership.truncated)
manners one long-query
lan_hears pim-join-sg-v6
until_true "an MLD Query whose length lies" moved refused.membership.truncated $((before + 1))
is "an MLD Query whose length lies is refused" "$(channel 2001:db8:5::10 ff3e::8000:1 .state)" connecting
manners one
until_true "the next one is taken" channel_is 2001:db8:5::10 ff3e::8000:1 joined
ok "the next one is taken" true
lan_hears pim-prune-sg-v6

# Data by somebody else's address or port, from both relays: nothing passes.
astray() { # FAMILY WHAT ONE'S TWO'S
    local dropped what="IPv$1: Data from $2"
    manners one
    manners two
    next_group
    receiver_up viewer ${S[$1]} "$G" --seconds 600
    until_true "$what: joined" channel_is ${S[$1]} "$G" joined
    dropped=$(counter drops.wrong_relay)
    manners one "$3"
    manners two "$4"
    send ${S[$1]} "$G" --rate 500 --count 100 --size 100 >/dev/null
    until_true "$what: dropped" moved drops.wrong_relay $((dropped + 100))
    is "$what does not pass" "$(channel ${S[$1]} "$G" .packets)" 0
    finish viewer
    is "$what is not seen" "$(summary viewer received)" 0
}
for family in 4 6; do
    astray $family "another address" "other-address ${TWO[$family]}" "other-address ${ONE[$family]}"
    astray $family "another port" "data-port 2269" "data-port 2269"
done

# The first answers, and never sends.
manners two
manners one mute
comes_by "a relay that sends no data" ${S[4]} ${TWO[4]}
manners one wrong-mac
comes_by "a relay that takes no Update" ${S[6]} ${TWO[6]}
like "it has refused some" "$(grep -c 'wrong response MAC' "$WORK/one.log")" '^[1-9]'

# Served by the first, which then goes wrong.
served() { # FAMILY [WHO]
    manners one
    watch ${S[$1]} "${2-}"
    until_true "IPv$1: the first serves" served_by ${S[$1]} "$G" ${ONE[$1]}
}
more() { (($(channel "$1" "$2" .packets) > $3)); }
told_again() { (($(grep -c 'endpoint .* new' "$WORK/one.log") > $1)); }
steady() { (($(channel "$1" "$2" .packets) > 500)); } # for 2.5 seconds: it is missed soon

served 4
until_true "a steady flow" steady ${S[4]} "$G"
before=$(grep -c 'endpoint .* new' "$WORK/one.log")
manners one new-secret
until_true "a relay that was started anew is told again" told_again "$before"
until_true "and serves" more ${S[4]} "$G" "$(channel ${S[4]} "$G" .packets)"
until_true "and is still the one" served_by ${S[4]} "$G" ${ONE[4]}
ok "a relay that was started anew is told again, and serves" true
unwatch

served 6
until_true "a steady flow" steady ${S[6]} "$G"
manners one "other-address ${TWO[6]}"
until_true "the next takes over" served_by ${S[6]} "$G" ${TWO[6]}
ok "one that speaks from another address now is followed by the next" true
unwatch

# A full one, of which we know nothing yet, and one that serves us.
fresh() { # a daemon without tunnels; FRR may still want what was watched last
    until_true "what was watched is closed" no_channels
    finish mcingestd
    mcingestd_up --debug --config "$WORK/conf"
    until_true "FRR says Hello" neighbor_there
    until_true "FRR knows us" frr_knows_us
}
left_by() { [[ $(channel "$1" "$2" .move) == staying ]]; }
full() { [[ $(tunnel "$1" .full) == true ]]; }
finish one
relay_at one --address ${ONE[4]} --address ${ONE[6]} --qqic 5 # it is asked again soon, and can say it
fresh
served 4 first
first=$G
manners one limit
comes_by "IPv6: a full relay is not taken" ${S[6]} ${TWO[6]}
is "IPv6: it is told of no channel" "$(grep -c "IGMPv3 .* $G " "$WORK/one.log")" 0
is "IPv6: it is held down" "$(api tunnels ".held_down[] | select(.relay == \"${ONE[6]}\") | .full")" true
until_true "it is seen to be full" full ${ONE[4]}
comes_by "IPv4: a relay that is full now takes no new channel" ${S[4]} ${TWO[4]}
until_true "IPv4: the channel that it serves goes to the next" served_by ${S[4]} "$first" ${TWO[4]}
until_true "IPv4: and has left it" left_by ${S[4]} "$first"
ok "IPv4: the channel that it serves goes to the next" true
is "IPv4: it is held down" "$(api tunnels ".held_down[] | select(.relay == \"${ONE[4]}\") | .full")" true
unwatch first
is "IPv4: the channel has moved without a gap" "$(summary firstviewer missing) $(summary firstviewer duplicates)" "0 0"

# The only relay there is: what it serves stays when it is full, and what it has no room for says so.
echo '49 AMTRELAY 10 1 1 203.0.113.15' >>"/run/mcingest-lab/$LAB/etc/bind/zones/192.0.2"
kill -HUP "$(cat "/run/mcingest-lab/$LAB/pid/named")"
in_node source ip addr add 192.0.2.49/32 dev eth0
manners one
fresh
watch 192.0.2.49 only
only=$G
until_true "the only relay serves" served_by 192.0.2.49 "$only" ${ONE[4]}
manners one limit
until_true "it is seen to be full" full ${ONE[4]}
until_true "what it serves goes on" more 192.0.2.49 "$only" "$(channel 192.0.2.49 "$only" .packets)"
is "the only relay is full: what it serves stays" "$(channel 192.0.2.49 "$only" '"\(.relay) \(.state)"')" "${ONE[4]} receiving"
next_group
receiver_up viewer 192.0.2.49 "$G" --seconds 600
why_failed() { [[ $(channel "$1" "$2" '"\(.state) \(.reason)"') == "failed $3" ]]; }
until_true "and takes no new channel" why_failed 192.0.2.49 "$G" "relay takes no new channels (L flag)"
ok "and takes no new channel" true
finish viewer
manners one
lifted() { [[ $(tunnel ${ONE[4]} .full) == false ]]; }
until_true "it has room again" lifted
unwatch only
is "the channel has had no gap" "$(summary onlyviewer missing) $(summary onlyviewer duplicates)" "0 0"

manners one "room 2"
fresh
for n in 1 2 3; do
    watch 192.0.2.49 "room$n"
    ROOM[n]=$G
done
of_room() { # STATE: how many
    api channels "[.channels[] | select(.source == \"192.0.2.49\" and .state == \"$1\")] | length"
}
no_room() { [[ $(of_room receiving) == 2 && $(channel 192.0.2.49 "${ROOM[3]}" .reason) == "no data yet: the source is silent, or its relay has no packets or no room" ]]; }
until_true "room for two: the third says what may be" no_room
is "room for two: the third is joined" "$(channel 192.0.2.49 "${ROOM[3]}" .state)" joined
for n in 1 2 3; do unwatch "room$n"; done
manners one

# What the network does to messages.
# A firewall in front of the first lets nothing longer than Requests in, and says so.
updates_refused() { # yes or no
    in_node relay nft delete table inet refusing 2>/dev/null
    [[ $1 == no ]] || in_node relay nft -f - <<END
table inet refusing {
    chain input {
        type filter hook input priority filter
        ip daddr ${ONE[4]} udp dport 2268 udp length > 16 reject with icmp type port-unreachable
        ip6 daddr ${ONE[6]} udp dport 2268 udp length > 16 reject with icmpv6 type port-unreachable
    }
}
END
}
requests() { grep -c '^.*request from ' "$WORK/one.log"; }
manners one
finish one
relay_at one --address ${ONE[4]} --address ${ONE[6]}
fresh
updates_refused yes
for family in 4 6; do
    before=$(requests)
    comes_by "IPv$family: Updates that ICMP answers" ${S[$family]} ${TWO[$family]} refused.amt.unreachable
    ok "IPv$family: are no loop" test $(($(requests) - before)) -le 8 # some are those before the first Update
done
refused_at_last() { [[ $(channel 192.0.2.49 "$G" '"\(.state) \(.reason)"') == "failed relay answers Requests, but takes no Updates (ICMP unreachable)" ]]; }
next_group
receiver_up viewer 192.0.2.49 "$G" --seconds 600
until_true "the only relay, whose Updates are refused, is given up" refused_at_last
ok "the only relay, whose Updates are refused, is given up" true
updates_refused no
served_at_last() { channel_is 192.0.2.49 "$G" joined || channel_is 192.0.2.49 "$G" receiving; }
until_true "it serves once it takes them" served_at_last
ok "it serves once it takes them" true
finish viewer

both() { # MANNERS
    manners one "$1"
    manners two "$1"
    fresh
}
receiving() { [[ $(api channels "[.channels[] | select(.state == \"receiving\")] | length") == "$1" ]]; }
in_spite_of() { # WHAT
    local unexpected
    unexpected=$(counter refused.amt.unexpected)
    for family in 4 6; do watch ${DISCOVERED[$family]} $family; done
    until_true "$1: the channels come" receiving 2
    until_true "$1: what nobody awaits is refused" moved refused.amt.unexpected $((unexpected + 2))
    for family in 4 6; do unwatch $family; done
    is "$1: the channels come, and nothing is missing" "$(summary 4viewer missing) $(summary 6viewer missing)" "0 0"
}
both twice
in_spite_of "every message twice"
both "late 1500"
in_spite_of "answers late"

both "drop 3"
for n in {1..8}; do
    watch ${DISCOVERED[$((n % 2 ? 4 : 6))]} "$n"
done
until_true "every third message lost: each join completes" receiving 8
log_says "every third message lost: each join completes" one dropped
for n in {1..8}; do unwatch "$n"; done
finished
