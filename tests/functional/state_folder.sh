#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The state folder is read-only, or holds what another version has written: the daemon says so and restarts all the same, and
# loses no packet. Once the folder is writable, it is in order again.
. "$(dirname "$0")/lib.sh"

folder=/var/lib/mcingest
starts() { grep -c ' ready$' "$WORK/mcingestd.log"; }
has_started() { (($(starts) >= $1)); }
secret_size() { in_node ingest stat -c %s $folder/secret; }

restart() { # WHAT: while data flow
    local n
    n=$(starts)
    kill -USR2 "${PIDS[mcingestd]}"
    until_true "$1: the daemon restarts" has_started $((n + 1))
}

everything_up
spawn viewer receiver "$PEERS/receiver" --interface eth0 --source 192.0.2.10 --group 232.1.1.1 --seconds 600
until_true "the channel is joined" channel_is 192.0.2.10 232.1.1.1 joined
spawn sender source "$PEERS/source" --interface eth0 --source 192.0.2.10 --group 232.1.1.1 --rate 500 --count 999999 --size 200
until_true "data come" channel_is 192.0.2.10 232.1.1.1 receiving

in_node ingest mount -o remount,ro $folder
restart "read-only"
ok "a secret that can be read is enough" test "$(grep -c 'cannot keep the tunnels' "$WORK/mcingestd.log")" = 0
like "a static channel that cannot be kept is refused" \
    "$(in_node ingest "$BUILD/mcingest" join 192.0.2.10 232.1.1.9 2>&1)" 'Read-only file system'

in_node ingest mount -o remount,rw $folder
in_node ingest sh -c "printf 'version 2' >$folder/secret"
in_node ingest mount -o remount,ro $folder
restart "of another version, and read-only"
log_says "says what cannot be kept, and where" mcingestd "cannot keep the tunnels' ports in $folder: Read-only file system"
is "what another version has written stays" "$(secret_size)" 9

in_node ingest mount -o remount,rw $folder
restart "writable"
is "a new secret is written" "$(secret_size)" 32

sent() { sed -n 's/^sent //p' "$WORK/sender.log"; }
all_have_come() { [[ $(channel 192.0.2.10 232.1.1.1 .packets) == "$(sent)" ]]; }
finish sender
until_true "what was sent has come" all_have_come
finish viewer
is "nothing is lost or doubled" "$(summary viewer received) $(summary viewer duplicates)" "$(sent) 0"
finish mcingestd
verdict $? "mcingestd ends well" || true
finished
