#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# A relay with the manners of freeRtr's: it does not answer Requests, but sends a Query in each of its own periods, which are
# longer than a gateway waits for an answer. Channels come and stay: one with data, one without, one of IPv6.
. "$(dirname "$0")/lib.sh"

S=192.0.2.10 G=232.1.1.1 SILENT=232.1.1.2 S6=2001:db8:5::10 G6=ff3e::8000:1 RELAY=203.0.113.15
updates() { grep -c "update from .* $1 IS_IN .*$2" "$WORK/relay.log"; }
told() { (($(updates "$1" "$2") >= $3)); }
gave_up() { grep -c 'does not answer' "$WORK/mcingestd.log"; }

lab_up
echo "periodic 18000" >"$WORK/manners" # four Requests are over after 17 s
relay_up --manners "$WORK/manners" --qqic 2 --qrv 7
link_local_up
cat >"$WORK/conf" <<END
[relays]
amtrelay = 192.0.2.0/24 10 0 1 $RELAY
amtrelay = 2001:db8:5::/48 10 0 1 $RELAY
END
mcingestd_up --config "$WORK/conf"
until_true "FRR says Hello" neighbor_there
until_true "FRR knows us" frr_knows_us
spawn sender source "$PEERS/source" --interface eth0 --source $S --group $G --rate 100 --count 100000 --size 100
receiver_up viewer $S $G --seconds 600
receiver_up silent $S $SILENT --seconds 600
neighbor6_up
lan_hears pim-join-sg-v6

until_true "a channel comes" channel_is $S $G receiving
until_true "one without data is joined" channel_is $S $SILENT joined
until_true "one of IPv6 is joined" channel_is $S6 $G6 joined
ok "channels come by periodic Queries" true
given_up=$(gave_up)
v4=$(updates IGMPv3 $G) v6=$(updates MLDv2 $G6)
until_true "two periods later: IGMP" told IGMPv3 $G $((v4 + 2))
until_true "two periods later: MLD" told MLDv2 $G6 $((v6 + 2))
is "two periods later they are there" \
    "$(channel $S $G .state) $(channel $S $SILENT .state) $(channel $S6 $G6 .state)" "receiving joined joined"
is "and the relay was not given up in between" "$(gave_up)" "$given_up"
finish viewer
is "and no packet was missing" "$(summary viewer missing) $(summary viewer duplicates)" "0 0"
finish mcingestd
verdict $? "mcingestd ends well" || true
finished
