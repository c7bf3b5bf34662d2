#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# SIGUSR2 restarts the daemon, and SIGHUP reloads its configuration: in the same process, without a lost packet, a goodbye or
# a Prune. A configuration with a mistake, and a binary that cannot be executed or hangs, leave everything as it is. SIGUSR1
# ends the process for one that is started next, which also hears of the Prunes that came in between.
. "$(dirname "$0")/lib.sh"

TIMES=10
cp "$BUILD/mcingestd" "$WORK/mcingestd"
conf=$WORK/mcingest.conf
printf '[pim]\nhello = 20\n' >"$conf"

lab_up
relay_up
spawn mcingestd ingest "$WORK/mcingestd" --downstream lan0 --config "$conf"
until_true "mcingestd starts" logged mcingestd ' ready$'
until_true "FRR says Hello" neighbor_there
until_true "FRR knows us" frr_knows_us
pid=$(api status .pid)
spawn wire access tshark -l -n -i up0 -Y 'pim.holdtime == 0 || (pim.type == 3 && pim.numprunes > 0 && ip.src == 10.0.0.1)' -f 'ip proto 103'
until_true "the wire is watched" logged wire 'Capturing on'
accounts_open
join_both small large --last 11999 --timeout 120
receiver_up holder1 192.0.2.10 232.1.1.1 --seconds 600
receiver_up holder2 198.51.100.77 233.44.15.9 --seconds 600
spawn sender source "$PEERS/source" --interface eth0 --source 192.0.2.10 --group 232.1.1.1 --rate 1000 --count 12000 --size 200
spawn other source "$PEERS/source" --interface eth0 --source 198.51.100.77 --group 233.44.15.9 --rate 1000 --count 12000 --size 900
until_true "data come" channel_is 192.0.2.10 232.1.1.1 receiving

starts() { grep -c ' ready$' "$WORK/mcingestd.log"; }
has_started() { (($(starts) >= $1)); }
signal_daemon() { kill "-$1" "$pid"; } # of this machine: the lab's nodes have no process ids of their own

lan_hears pim-join-sg-v4 36=0000 # a wrong checksum
refused() { api counters '.refused.pim | map(values) | add'; }
one_is_refused() { [[ $(refused) == 1 ]]; }
until_true "a bad message is counted" one_is_refused

for ((i = 1; i <= TIMES; i++)); do
    if ((i % 2)); then signal_daemon USR2; else signal_daemon HUP; fi
    until_true "restart $i" has_started $((i + 1))
done
is "restarts and reloads in turn" "$(starts)" $((TIMES + 1))
is "the process is the same" "$(api status .pid)" "$pid"
is "the daemon's own counters go on" "$(refused)" 1

printf '[pim]\nhello = never\n' >"$conf"
like "a command reloads nothing either" "$(in_node ingest "$BUILD/mcingest" reload 2>&1)" 'configuration has a mistake'
signal_daemon HUP
log_says "a mistake is named" mcingestd 'mcingest.conf:2: .*hello'
log_says "and leaves all as it was" mcingestd 'no reload: the configuration has a mistake, .* stays as it was'
printf '[pim]\nhel' >"$conf"
signal_daemon HUP
log_says "a file that is half written is a mistake, too" mcingestd 'mcingest.conf:2: .*hel'
printf '[pim]\nhello = 20\n' >"$conf"
mv "$WORK/mcingestd" "$WORK/kept"
signal_daemon USR2
log_says "a binary that is not there" mcingestd 'no restart: cannot execute .*No such file'
printf '#!/bin/sh\nexit 3\n' >"$WORK/mcingestd"
chmod 755 "$WORK/mcingestd"
signal_daemon USR2
log_says "a binary that does not run" mcingestd 'no restart: .* has failed'
printf '#!/bin/sh\necho $$ >"%s"\nexec sleep 1000\n' "$WORK/hung" >"$WORK/mcingestd"
spawn asker ingest "$BUILD/mcingest" restart
until_true "a binary that hangs is tried" test -s "$WORK/hung"
like "meanwhile no other restart is taken" "$(in_node ingest "$BUILD/mcingest" reload 2>&1)" 'a restart or a reload is under way'
ok "and the daemon answers" test "$(api status .pid)" = "$pid"
finish asker none
is "who has asked is told that there is no restart" $? 1
like "and why" "$(cat "$WORK/asker.log")" "'$WORK/mcingestd --version' does not answer within 5 seconds"
log_says "and the log says so" mcingestd 'no restart: .* does not answer within 5 seconds'
ok "the binary is killed" test ! -e "/proc/$(cat "$WORK/hung")"
mv "$WORK/kept" "$WORK/mcingestd"
for command in restart reload; do
    n=$(starts)
    like "mcingest $command" "$(in_node ingest "$BUILD/mcingest" $command 2>&1)" 'the kernel forwards on meanwhile'
    until_true "mcingest $command" has_started $((n + 1))
done
is "all of them in one process" "$(starts) $(api status .pid)" "$((TIMES + 3)) $pid"

finish sender none
finish other none
finish small none
finish large none
is "no packet is lost or doubled" \
    "$(summary small received) $(summary small duplicates) $(summary large received) $(summary large duplicates)" "12000 0 12000 0"
accounts_close "every packet has its place"
finish wire
is "nobody was told" "$(grep -c ' PIM' "$WORK/wire.log")" 0

# Receivers that leave while no daemon runs
spawn prunes access tshark -l -n -i up0 -Y 'pim.type == 3 && pim.numprunes > 0 && ip.src == 10.0.0.2' -f 'ip proto 103'
until_true "the wire is watched again" logged prunes 'Capturing on'
kill -USR1 "${PIDS[mcingestd]}"
wait "${PIDS[mcingestd]}"
is "SIGUSR1 ends the process" $? 0
like "which leaves the kernel forwarding" "$(in_node ingest tc filter show dev wan0 ingress)" 'ingest_tc'
finish holder1
finish holder2
prunes() { (($(grep -c ' PIM' "$WORK/prunes.log") >= 2)); }
until_true "the router prunes both" prunes
mcingestd_up --config "$conf"
until_true "the next daemon hears of the Prunes" no_channels
ok "the next daemon hears of the Prunes" true
finish prunes
finish mcingestd
verdict $? "mcingestd ends well" || true
finished
