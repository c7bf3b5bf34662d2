#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# A killed daemon costs no packet: the kernel goes on forwarding, and the next daemon takes over maps, programs and
# tunnels. Channels that nobody wants any more by then end.
. "$(dirname "$0")/lib.sh"

no_such_channel() { [[ -z $(channel "$1" "$2" .state) ]]; }
told_again() { (($(grep -c 'IS_IN 232.1.1.1' "$WORK/relay.log") > $1)); }

more_than() { (($(channel "$2" "$3" .packets) > $1)); }
expired() { # the program's own count: there is no daemon to ask
    (($(in_node ingest bpftool -j map dump pinned /sys/fs/bpf/mcingest/drops |
        jq '[.[] | .formatted | select(.key == 3).values[].value] | add') > 0))
}

everything_up
accounts_open # of four daemons
receiver_up viewer 192.0.2.10 232.1.1.1 --last 14999 --timeout 120
receiver_up other 198.51.100.77 233.44.15.9 --seconds 600
until_true "joined" channel_is 192.0.2.10 232.1.1.1 joined
until_true "the other is joined" channel_is 198.51.100.77 233.44.15.9 joined
spawn sender source "$PEERS/source" --interface eth0 --source 192.0.2.10 --group 232.1.1.1 --rate 1000 --count 15000 --size 1316
until_true "data flows" more_than 1000 192.0.2.10 232.1.1.1
port=$(api tunnels '.tunnels[] | select(.relay == "203.0.113.15") | .local_port')
reports=$(grep -c 'IS_IN 232.1.1.1' "$WORK/relay.log")

finish mcingestd KILL
finish other INT
in_node ingest "$BUILD/mcingestd" --downstream lan0 --downstream nowhere0 2>"$WORK/mistaken.log"
is "one that cannot start" $? 2
like "leaves to the kernel what is there" "$(cat "$WORK/mistaken.log")" 'stays there, and forwards'
mcingestd_up
is "the channel is there at once" "$(channel 192.0.2.10 232.1.1.1 .state)" receiving
is "through the same tunnel, from the same port" "$(api tunnels '.tunnels[] | select(.relay == "203.0.113.15") | .local_port')" "$port"
is "and no burst of what was counted before" "$(channel 192.0.2.10 232.1.1.1 '.packets_per_s < 0.7 * .packets')" true
ok "its packets are counted on" more_than 1000 192.0.2.10 232.1.1.1
until_true "the relay hears of it again" told_again "$reports"
ok "the relay hears of it again" true
is "one filter on wan0" "$(in_node ingest tc filter show dev wan0 ingress | grep -c direct-action)" 1

finish mcingestd KILL # once more, and at once; this one looks as if it was killed while it replaced maps
in_node ingest sh -c 'cd /sys/fs/bpf/mcingest && mkdir old && mv channels4 tunnels old'
mcingestd_up
is "maps that are half replaced are taken back" "$(in_node ingest ls -d /sys/fs/bpf/mcingest/old 2>&1 | grep -c 'No such')" 1
finish viewer none
verdict $? "the receiver is content" || true
is "no packet was lost" "$(summary viewer missing)" 0
is "none came twice" "$(summary viewer duplicates)" 0
is "all came" "$(summary viewer received)" 15000
until_true "the Prune ends the channel" no_such_channel 192.0.2.10 232.1.1.1
ok "a channel that was taken over ends by a Prune" true

# Left dead, it stops by itself; and another daemon makes it go on
finish mcingestd KILL
printf '[dataplane]\nhold = 5\n' >"$WORK/hold.conf"
mcingestd_up --config "$WORK/hold.conf"
receiver_up patient 192.0.2.10 232.1.1.2 --seconds 600
until_true "joined" channel_is 192.0.2.10 232.1.1.2 joined
spawn sender source "$PEERS/source" --interface eth0 --source 192.0.2.10 --group 232.1.1.2 --rate 100 --count 3000 --size 100
until_true "data flows" channel_is 192.0.2.10 232.1.1.2 receiving
finish mcingestd KILL
until_true "the deadline passes" expired
ok "left dead, forwarding stops" true
mcingestd_up --config "$WORK/hold.conf"
before=$(channel 192.0.2.10 232.1.1.2 .packets)
until_true "data flows again" more_than "$before" 192.0.2.10 232.1.1.2
ok "and goes on with the next daemon, without a new join" true
finish sender
finish patient INT
accounts_close "every packet has its place, whichever daemon there was, and where there was none"

# A lower limit has no place for the channel's slot: it ends, and the router's next Join opens it anew
for group in 232.1.1.3 232.1.1.4 232.1.1.5; do
    receiver_up "of-$group" 192.0.2.10 $group --seconds 600
    until_true "$group is joined" channel_is 192.0.2.10 $group joined
done
finish of-232.1.1.3 INT
finish of-232.1.1.4 INT
until_true "two are left" no_such_channel 192.0.2.10 232.1.1.4
finish mcingestd KILL
printf '[limits]\nchannels = 2\n' >"$WORK/lower.conf"
mcingestd_up --config "$WORK/lower.conf"
log_says "with a lower limit a line says why a channel ends" mcingestd '232\.1\.1\.5\) ends until it is joined again'
until_true "it is joined anew" channel_is 192.0.2.10 232.1.1.5 joined
ok "and the router's next Join opens it" true
finish of-232.1.1.5 INT

finish mcingestd KILL
in_node ingest rm /sys/fs/bpf/mcingest/channels4
in_node ingest bpftool map create /sys/fs/bpf/mcingest/channels4 type hash key 4 value 4 entries 1 name other
mcingestd_up
log_says "pins by a foreign hand are not taken over, and do not hinder the start" mcingestd 'starting afresh, and its channels are interrupted until they are joined again: .*'
finish mcingestd
verdict $? "a clean stop exits 0" || true
is "and removes all" "$(in_node ingest ls -d /sys/fs/bpf/mcingest 2>/dev/null)" ""
finished
