#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Each mistake that an operator makes gets one clear line and exit status 2 (1 if the daemon is not running), and leaves
# nothing behind. --check names all mistakes of a file at once, and needs no privileges.
. "$(dirname "$0")/lib.sh"

says() { # STATUS WHAT REGEX CMD...: one line that matches, and the exit status
    local status=$1 what=$2 regex=$3 output got
    shift 3
    output=$(in_node ingest timeout 20 "$@" 2>&1)
    got=$?
    is "$what: status" $got "$status"
    is "$what: one line" "$(wc -l <<<"$output")" 1
    like "$what: says so" "$output" "$regex"
}

unprivileged() { in_node ingest setpriv --reuid 65534 --regid 65534 --clear-groups "$WORK/mcingestd" "$@" 2>&1; }

answers() { [[ $(api status .pid) -gt 0 ]]; }

d=$BUILD/mcingestd c=$BUILD/mcingest
lab_up
printf '[limits]\nchannels = many\n' >"$WORK/number.conf"
printf '[limits]\nchanels = 5\n' >"$WORK/key.conf"
printf '[interfaces]\ndownstream = lan0\n[dns]\nserver = nowhere\n' >"$WORK/server.conf"

for capability in bpf net_admin net_raw perfmon; do
    says 2 "without $capability" "needs the capability cap_$capability, .* root" \
        setpriv --bounding-set "-$capability" "$d" --downstream lan0
done
says 2 "no interface named" 'downstream' "$d"
says 2 "an interface that is not there" "no interface .*'lan9'" "$d" --downstream lan9
says 2 "an upstream that is not there" "no interface .*'wan9'" "$d" --downstream lan0 --upstream wan9
says 2 "an interface without Ethernet" 'lo .*no Ethernet' "$d" --downstream lo
says 2 "observed, and no downstream" 'observe on .wan0.: it is no downstream interface' "$d" --downstream lan0 --observe wan0
says 2 "hosts asked, and no downstream" 'igmp on .wan0.: it is no downstream interface' "$d" --downstream lan0 --igmp wan0
in_node ingest ip link property add dev lan0 altname enp7s0
in_node ingest ip link property add dev wan0 altname wan-to-the-internet-by-the-second-provider
says 2 "a downstream by two names" 'downstream: .enp7s0. is interface lan0, which is named already' "$d" --downstream lan0 --downstream enp7s0
says 2 "an upstream by two names" 'upstream: .wan0. is interface wan0, which is named already' "$d" --downstream lan0 --upstream wan-to-the-internet-by-the-second-provider --upstream wan0
says 2 "an unknown option" '--upstraem' "$d" --downstream lan0 --upstraem wan0
says 2 "a stray word" 'lan0' "$d" lan0
says 2 "a file that is not there" 'nowhere.conf' "$d" --config /nowhere.conf
says 2 "a number that is none" 'number.conf:2.*channels.*many' "$d" --downstream lan0 --config "$WORK/number.conf"
says 2 "a key that is unknown" 'key.conf:2.*chanels' "$d" --downstream lan0 --config "$WORK/key.conf"
says 2 "a DNS server that is no address" 'server.conf:4.*nowhere' "$d" --config "$WORK/server.conf"
printf '[control]\ngroup = nobodies\n' >"$WORK/group.conf"
says 2 "a group that is not there" "no group 'nobodies'.*'group' under \[control\]" "$d" --downstream lan0 --config "$WORK/group.conf"
chmod 755 "$WORK"
cp "$d" "$WORK/mcingestd"
says 2 "no privileges" 'root' setpriv --reuid 65534 --regid 65534 --clear-groups "$WORK/mcingestd" --downstream lan0

cat >"$WORK/three.conf" <<'END'
[interfaces]
downstream = lan0
[limits]
chanels = 5
tunnels = many
[tunnel]
mark = 7
END
checked=$(unprivileged --check "$WORK/three.conf")
is "--check of three mistakes: status" $? 2
is "--check of three mistakes: a line for each" "$checked" "\
$WORK/three.conf:4: chanels = 5: unknown key 'chanels' in [limits]: did you mean channels?
$WORK/three.conf:5: tunnels = many: expected a number from 1 to 65535
$WORK/three.conf:6: unknown section [tunnel]: did you mean [tunnels]?"
started=$(in_node ingest timeout 20 "$d" --config "$WORK/three.conf" 2>&1)
is "the daemon does not start with them: status" $? 2
is "it names the same mistakes" "$(cut -d ' ' -f 4- <<<"$started")" "$checked"
printf '[interfaces]\ndownstream = lan0\n[limits]\ntunnels = 5\n' >"$WORK/right.conf"
checked=$(unprivileged --check "$WORK/right.conf")
is "--check of a right file: status" $? 0
is "--check of a right file: says so" "$checked" "$WORK/right.conf: all is well"
unprivileged --print-config --config "$WORK/right.conf" --socket /tmp/s >"$WORK/printed.conf"
is "--print-config: status" $? 0
is "--print-config: a value of the file" "$(grep -B 1 '^tunnels' "$WORK/printed.conf")" "# $WORK/right.conf:4
tunnels = 5"
is "--print-config: an option" "$(grep -B 1 '^socket' "$WORK/printed.conf")" "# command line
socket = /tmp/s"
is "--print-config: a default" "$(grep -B 1 '^channels = 16384' "$WORK/printed.conf")" "# default
channels = 16384"
is "--check takes what --print-config has printed" "$(unprivileged --check "$WORK/printed.conf")" \
    "$WORK/printed.conf: all is well"

in_node ingest ip link set lan0 down
says 2 "an interface that is down" 'lan0 is down' "$d" --downstream lan0
in_node ingest ip link set lan0 up
in_node ingest ip route flush default
in_node ingest ip -6 route flush default
says 2 "no way out" 'no upstream interface' "$d" --downstream lan0

says 1 "no daemon" 'mcingestd running' "$c" status
says 2 "an unknown command" 'chanels' "$c" chanels
says 2 "a source that is no address" 'nonsense' "$c" lookup nonsense
ok "nothing is left in the kernel" test -z "$(in_node ingest tc filter show dev wan0 ingress)$(in_node ingest ls -d /sys/fs/bpf/mcingest 2>/dev/null)"

LAB_IS_UP=0
lab_up
in_node ingest ip link property add dev lan0 altname enp7s0
printf '[interfaces]\nigmp = enp7s0\nobserve = enp7s0\n' >"$WORK/names.conf"
mcingestd_up --config "$WORK/names.conf"
log_says "hosts are asked on a LAN that is named otherwise" mcingestd 'igmp: Queries on lan0'
log_says "a LAN that is named otherwise is observed" mcingestd 'pim: observed on lan0'
in_node ingest ip link set lan0 down
in_node ingest ip link set lan0 name lan7
until_true "a LAN that is renamed is the same" logged mcingestd 'lan0 is called lan7 now'
is "and is shown by its name of now" "$(interface lan7 downstream observed)" true
in_node ingest ip link set lan7 name lan0
until_true "it is renamed again" logged mcingestd 'lan7 is called lan0 now'
in_node ingest ip link set lan0 up
finish mcingestd
verdict $? "and ends well" || true
mcingestd_up
says 2 "a second daemon" 'is mcingestd already' "$d" --downstream lan0
is "the first one goes on" "$(api status .channels.failed)" 0
finish mcingestd
verdict $? "and ends well" || true

# A log that nobody reads: a pipe that is full
mkfifo "$WORK/unread"
exec 9<>"$WORK/unread"
dd if=/dev/zero of="$WORK/unread" oflag=nonblock bs=4096 count=64 2>/dev/null
scripts/lab exec ingest "$d" --downstream lan0 </dev/null >/dev/null 2>"$WORK/unread" 9<&- &
PIDS[mcingestd]=$!
until_true "with a full pipe as stderr, it answers" answers
ok "with a full pipe as stderr, it answers" true
cat "$WORK/unread" >"$WORK/reader.log" 9<&- &
PIDS[reader]=$!
until_true "once it is read, its lines come" logged reader '^[0-9-]{10} [0-9:.]{12} mcingestd: ready$'
ok "once it is read, its lines come" true
finish mcingestd
verdict $? "it ends well" || true
exec 9<&-
finish reader none
finished
