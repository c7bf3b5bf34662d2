#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# SIGUSR2 restarts the daemon, and SIGHUP reloads its configuration: in the same process, without a lost packet, a goodbye or
# a Prune. A configuration with a mistake, and a binary that cannot be executed, leave everything as it is.
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
join_both small large --last 11999 --timeout 120
# Nobody leaves before the last restart: a Prune that comes in its half second is lost, and the Join lasts for its Holdtime.
receiver_up holder1 192.0.2.10 232.1.1.1 --seconds 600
receiver_up holder2 198.51.100.77 233.44.15.9 --seconds 600
spawn sender source "$PEERS/source" --interface eth0 --source 192.0.2.10 --group 232.1.1.1 --rate 1000 --count 12000 --size 200
spawn other source "$PEERS/source" --interface eth0 --source 198.51.100.77 --group 233.44.15.9 --rate 1000 --count 12000 --size 900
until_true "data come" channel_is 192.0.2.10 232.1.1.1 receiving

starts() { grep -c ' ready$' "$WORK/mcingestd.log"; }
has_started() { (($(starts) >= $1)); }
signal_daemon() { kill "-$1" "$pid"; } # of this machine: the lab's nodes have no process ids of their own

for ((i = 1; i <= TIMES; i++)); do
    if ((i % 2)); then signal_daemon USR2; else signal_daemon HUP; fi
    until_true "restart $i" has_started $((i + 1))
done
is "restarts and reloads in turn" "$(starts)" $((TIMES + 1))
is "the process is the same" "$(api status .pid)" "$pid"

printf '[pim]\nhello = never\n' >"$conf"
like "a command reloads nothing either" "$(in_node ingest "$BUILD/mcingest" reload 2>&1)" 'configuration has a mistake'
signal_daemon HUP
log_says "a mistake is named" mcingestd 'mcingest.conf:2: .*hello'
log_says "and leaves all as it was" mcingestd 'no reload: the configuration has a mistake, .* stays as it was'
printf '[limits]\nchannels = 9\n' >"$conf"
signal_daemon HUP
log_says "what needs a stop is named" mcingestd "no reload: 'channels' and 'tunnels'"
printf '[pim]\nhello = 20\n' >"$conf"
mv "$WORK/mcingestd" "$WORK/kept"
signal_daemon USR2
log_says "a binary that is not there" mcingestd 'no restart: cannot execute .*No such file'
printf '#!/bin/sh\nexit 3\n' >"$WORK/mcingestd"
chmod 755 "$WORK/mcingestd"
signal_daemon USR2
log_says "a binary that does not run" mcingestd 'no restart: .* has failed'
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
finish holder1
finish holder2
until_true "the channels are left" no_channels
finish wire
is "nobody was told" "$(grep -c ' PIM' "$WORK/wire.log")" 0
finish mcingestd
verdict $? "mcingestd ends well" || true
finished
