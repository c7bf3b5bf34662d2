#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# `mcingest top` in a terminal of 80 x 24 (tmux), by what its screen shows and what its keys do.
. "$(dirname "$0")/lib.sh"

terminal() { # TMUX-COMMAND [ARGUMENT...]
    in_node ingest env TMUX_TMPDIR="$WORK" LC_ALL=C.UTF-8 tmux -f /dev/null "$@"
}
keys() { terminal send-keys -t top "$@"; }
screen() { terminal capture-pane -p -t top; }
screen_has() { # REGEX: one of its lines
    screen | grep -Eq -- "$1"
}
shows() { # WHAT REGEX
    until_true "$1" screen_has "$2"
    verdict 0 "$1"
}
shows_not() { # WHAT REGEX
    # shellcheck disable=SC2016 # the parameter is that of the inner shell
    until_true "$1" eval '! screen_has '"$(printf %q "$2")"
    verdict 0 "$1"
}
fits() { # COLUMNS: no line is longer
    [[ $(screen | awk -v columns="$1" 'length($0) > columns' | wc -l) == 0 ]]
}

everything_up
like "without a terminal it says so" "$(in_node ingest "$BUILD/mcingest" top 2>&1; echo " $?")" '^mcingest: top needs a terminal.* 1$'
receiver_up viewer 192.0.2.10 232.1.1.1 --seconds 600
receiver_up quiet 198.51.100.77 233.44.15.9 --seconds 600
receiver_up nobody 192.0.2.30 232.1.1.1 --seconds 600
until_true "joined" channel_is 192.0.2.10 232.1.1.1 joined
until_true "joined" channel_is 198.51.100.77 233.44.15.9 joined
until_true "failed" channel_is 192.0.2.30 232.1.1.1 failed
spawn flow source "$PEERS/source" --interface eth0 --source 192.0.2.10 --group 232.1.1.1 --rate 100 --count 60000 --size 100
until_true "receiving" channel_is 192.0.2.10 232.1.1.1 receiving

terminal new-session -d -s top -x 80 -y 24 "$BUILD/mcingest top; echo status \$?; cat"
shows "the box" '^mcingestd .* up [0-9]+s'
shows "channels by state" '^channels  1 joined  1 receiving  1 failed  of 16384'
shows "the LAN" '^lan0 +downstream +[a-z]+ +1 neighbor  refused [0-9]+  DR 10\.0\.0\.2 '
shows "the WAN" '^wan0 +upstream '
shows "a relay" '^relay 203\.0\.113\.15 +active .*channels  RTT '
shows "a channel, and its rate" '^192\.0\.2\.10 +232\.1\.1\.1 +receiving +203\.0\.113\.15 +[0-9.]+ kb/s'
is "the failed one is the first" "$(screen | sed -n '/^SOURCE/{n;p}' | cut -d' ' -f1)" 192.0.2.30
shows "and says why" '^192\.0\.2\.30 .*failed +AMTRELAY says that the source has'
ok "it fits into 80 columns" fits 80

keys /
keys -l 233.44
shows "a filter is typed" '^filter: 233\.44_'
shows_not "others are gone" '^192\.0\.2\.10 '
shows "what passes stays" '^198\.51\.100\.77 '
keys Escape
shows "Escape shows all again" '^192\.0\.2\.10 '
keys s
shows "the next order" 'sort: loss'

keys Home Down Enter
until_true "one channel" screen_has '^\((192\.0\.2\.10|198\.51\.100\.77), '
keys Escape
shows "back again" '^SOURCE'
keys /
keys -l 192.0.2.10
keys Enter
shows_not "the filter is taken" '^198\.51'
keys Enter
shows "the channel" '^\(192\.0\.2\.10, 232\.1\.1\.1\)  receiving for '
shows "the steps of its join" '^DNS answered +█.* [0-9.]+ ms'
shows "to its first packet" '^first packet +█.* [0-9.]+ ms'
shows "who keeps it" '^lan0: router 10\.0\.0\.2, join, expires in '
shows "its rates of the last minute" '^[▁▂▃▄▅▆▇█]+  up to [0-9.]+ kb/s'
keys q
shows "q ends it" '^status 0'

# Another size, and a daemon that is gone
terminal kill-server
terminal new-session -d -s top -x 130 -y 40 "$BUILD/mcingest top; echo status \$?; cat"
shows "a wide terminal" '^SOURCE +GROUP +STATE +RELAY +RATE +LOST +3 of 3'
terminal resize-window -t top -x 80 -y 24
shows_not "it follows the terminal's size" ' 3 of 3'
ok "and fits" fits 80
finish flow
finish mcingestd
shows "a daemon that is gone is named" '^no daemon answers on '
shows "what was known stays" '^198\.51\.100\.77 '
mcingestd_up
shows "the new daemon is shown" '^channels'
shows_not "without an error" '^no daemon answers on '
keys q
shows "q ends it" '^status 0'
finish mcingestd
like "without a daemon it does not start" "$(in_node ingest "$BUILD/mcingest" top 2>&1; echo " $?")" '^mcingest: no daemon answers on .* 1$'
terminal kill-server
finished
