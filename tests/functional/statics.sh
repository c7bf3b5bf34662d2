#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Static channels: by `join` and `leave`, which outlive the daemon, and by a file that is followed.
. "$(dirname "$0")/lib.sh"

S=192.0.2.10 G=232.1.1.1 S6=2001:db8:5::10 G6=ff3e::8000:1
CLI=$BUILD/mcingest
is_static() { [[ $(channel $S "$1" '[.wanted[].by] | join(" ")') == static ]]; }
file_names() { [[ $(api channels '[.channels[].group] | sort | join(" ")') == "$1" ]]; }

lab_up
relay_up
mcingestd_up
is "join --json" "$(api "join $S $G" '.joined | "\(.source) \(.group) \(.interface)"')" "$S $G null"
like "join, for people" "$(in_node ingest "$CLI" join $S6 $G6 lan0)" "^\($S6, $G6\) is a static channel of lan0$"
until_true "joined without a router" channel_is $S $G joined
until_true "joined without a router, IPv6" channel_is $S6 $G6 joined
is "who wants it" "$(channel $S $G '.wanted[0] | "\(.interface) \(.by) \(.state)"')" "lan0 static join"
spawn wire access tcpdump -lni up0 udp port 5001
until_true "tcpdump listens" logged wire 'listening'
send $S $G --rate 1000 --count 50 --size 100 >/dev/null
until_true "the LAN gets it" logged wire "> $G.5001"
ok "the LAN gets it" true
said=$(in_node ingest "$CLI" join $S $G 2>&1)
is "twice: status" $? 1
is "twice" "$said" "mcingest: the channel is static already"
said=$(in_node ingest "$CLI" join $S $G eth9 2>&1)
is "a LAN that there is not" "$said" "mcingest: 'eth9' is no downstream interface"

finish mcingestd
mcingestd_up
until_true "it outlives the daemon" channel_is $S $G joined
ok "it outlives the daemon" is_static $G
is "leave" "$(api "leave $S $G" .left.group)" $G
until_true "and it ends" file_names "$G6"
ok "and it ends" true
finish mcingestd

# A file
printf '# news\n%s,232.1.2.1\n%s,232.1.2.2 lan0 # one LAN\nnonsense\n' $S $S >"$WORK/joins"
printf '[channels]\nfile = %s\nlinger = 0\n' "$WORK/joins" >"$WORK/conf"
mcingestd_up --config "$WORK/conf"
until_true "the file's channels" file_names "232.1.2.1 232.1.2.2"
ok "the file's channels" true
log_says "a bad line is named" mcingestd "$WORK/joins:4: 'nonsense' is no 'SOURCE,GROUP'"
printf '%s,232.1.2.2\n%s,232.1.2.3\n' $S $S >"$WORK/joins.new"
mv "$WORK/joins.new" "$WORK/joins"
until_true "a file that was replaced" file_names "232.1.2.2 232.1.2.3"
ok "a file that was replaced is followed" true
echo "$S,232.1.2.4" >>"$WORK/joins"
until_true "a file that has grown" file_names "232.1.2.2 232.1.2.3 232.1.2.4"
ok "a file that has grown is followed" true
in_node ingest "$CLI" leave $S 232.1.2.3 >/dev/null
is "leave writes the file" "$(tr '\n' ' ' <"$WORK/joins")" "$S,232.1.2.2 $S,232.1.2.4 "
rm "$WORK/joins"
until_true "a file that is gone" file_names ""
ok "a file that is gone names no channel" true

finish mcingestd
verdict $? "mcingestd ends well" || true
finished
