#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The daemon as a user of its own with four capabilities, as its unit starts it: the whole path by TC and by XDP, a SIGKILL
# and a restart without a lost packet. A group may look by the control socket, and change nothing. What root keeps.
. "$(dirname "$0")/lib.sh"

USER_ID=64321 GROUP_ID=64322
FOUR=-all,+bpf,+net_admin,+net_raw,+perfmon

# As the unit's ExecStartPre=, RuntimeDirectory= and StateDirectory= do.
prepare() {
    in_node ingest chmod 711 /sys/fs/bpf # systemd makes it 0700
    in_node ingest install -d -m 700 -o $USER_ID -g $GROUP_ID /sys/fs/bpf/mcingest /var/lib/mcingest
    in_node ingest chown $USER_ID:$GROUP_ID /run/mcingest
}

AS_USER=(setpriv --reuid "$USER_ID" --regid "$GROUP_ID" --clear-groups "--inh-caps=$FOUR" "--ambient-caps=$FOUR" "--bounding-set=$FOUR")

user_daemon_up() { # [OPTION...]
    spawn mcingestd ingest "${AS_USER[@]}" "$WORK/mcingestd" --downstream lan0 "$@"
    until_true "mcingestd starts" logged mcingestd ' ready$'
}

process() { sed -n "s/^$1:\s*//p" "/proc/${PIDS[mcingestd]}/status"; }
has() { # CAPABILITY: of the daemon
    capsh --decode="$(process CapPrm)" | grep -qw "cap_$1"
}
as_stranger() { # GROUP COMMAND...: a user who is not the daemon's
    in_node ingest setpriv --reuid 65534 --regid "$1" --clear-groups "$WORK/mcingest" "${@:2}" 2>&1
}
wan_mode() { api status '.interfaces[] | select(.role == "upstream") | .mode + ", " + .why'; }
pins() { in_node ingest sh -c 'ls -A /sys/fs/bpf/mcingest 2>/dev/null | wc -l'; }
starts() { (($(grep -c ' ready$' "$WORK/mcingestd.log") > $1)); }
more_than() { (($(channel 192.0.2.10 232.1.1.1 .packets) > $1)); }

through_a_kill_and_a_restart() { # MODE
    receiver_up viewer 192.0.2.10 232.1.1.1 --last 3999 --timeout 120
    receiver_up holder 192.0.2.10 232.1.1.1 --seconds 600
    until_true "$1: joined" channel_is 192.0.2.10 232.1.1.1 joined
    spawn sender source "$PEERS/source" --interface eth0 --source 192.0.2.10 --group 232.1.1.1 --rate 1000 --count 4000 --size 1000
    until_true "$1: data flows" more_than 500
    finish mcingestd KILL
    user_daemon_up --config "$WORK/$1.conf"
    in_node ingest "$WORK/mcingest" restart >/dev/null
    until_true "$1: it restarts" starts 1
    finish sender none
    finish viewer none
    is "$1: no packet is lost, and none comes twice" "$(summary viewer received) $(summary viewer duplicates)" "4000 0"
    is "$1: each is counted, by one counter through it all" "$(channel 192.0.2.10 232.1.1.1 .packets)" 4000
    finish holder
}

chmod 755 "$WORK"
cp "$BUILD/mcingestd" "$BUILD/mcingest" "$WORK"
lab_up
in_node access ethtool -K up0 gro on # lan0 takes frames from XDP then
in_node ingest chmod 700 /sys/fs/bpf
like "without a folder it says who makes one" \
    "$(in_node ingest "${AS_USER[@]}" "$WORK/mcingestd" --downstream lan0 2>&1)" "cannot make or lock /sys/fs/bpf/mcingest: Permission denied: as root, give user $USER_ID"
prepare
relay_up
for mode in tc xdp; do
    printf '[dataplane]\nmode = %s\n' $mode >"$WORK/$mode.conf"
    user_daemon_up --config "$WORK/$mode.conf"
    until_true "FRR says Hello" neighbor_there
    until_true "FRR knows us" frr_knows_us
    like "$mode: so it is" "$(wan_mode)" "^$mode, "
    through_a_kill_and_a_restart $mode
    is "$mode: the user, the capabilities, no_new_privs and the filter of system calls stay" \
        "$(process Uid | cut -f 1) $(process CapPrm) $(process CapBnd) $(process NoNewPrivs) $(process Seccomp) $(process Seccomp_filters)" \
        "$USER_ID 000000c000003000 000000c000003000 1 2 1"
    finish mcingestd
    verdict $? "$mode: it ends well" || true
    is "$mode: nothing is left" "$(pins) $(xdp_programs wan0) $(in_node ingest tc qdisc show | grep -c clsact)" "0 0 0"
done

# From one to the other: a daemon of root is killed, and the user's takes its place, and the other way round.
mcingestd_up --config "$WORK/xdp.conf"
finish mcingestd KILL
in_node ingest chown -hR $USER_ID:$GROUP_ID /sys/fs/bpf/mcingest /run/mcingest
user_daemon_up --config "$WORK/xdp.conf"
is "the user's daemon takes the place of root's" "$(wan_mode | cut -d , -f 1) $(xdp_programs wan0)" "xdp 1"
finish mcingestd KILL
mcingestd_up --config "$WORK/xdp.conf"
is "root's takes the place of the user's" "$(wan_mode | cut -d , -f 1) $(xdp_programs wan0)" "xdp 1"
finish mcingestd
is "nothing is left" "$(pins) $(xdp_programs wan0)" "0 0"
prepare

# Programs of others: what they are called, only CAP_SYS_ADMIN tells.
other() { # XDP SECTION
    echo 'char terms[] __attribute__((section("license"))) = "GPL"; __attribute__((section("xdp"))) int other(void *c) { return 2; }' |
        clang -target bpf -O2 -g -x c -c - -o "$WORK/other.o"
    in_node ingest bpftool prog load "$WORK/other.o" /sys/fs/bpf/other type xdp
    in_node ingest bpftool net attach xdpdrv pinned /sys/fs/bpf/other dev wan0
}
other
id=$(in_node ingest bpftool -j prog show pinned /sys/fs/bpf/other | jq .id)
user_daemon_up
is "another XDP program is left alone" "$(xdp_programs wan0)" 1
like "auto takes TC then, and says why" "$(wan_mode)" '^tc, another XDP program is on the interface, and sharing it needs CAP_SYS_ADMIN'
names_it() { [[ $(api status '.interfaces[] | select(.role == "upstream") | .in_front') == "XDP program id $id" ]]; }
until_true "status tells the other's number" names_it
ok "status tells the other's number" true
in_node ingest bpftool net detach xdpdrv dev wan0
in_node ingest rm /sys/fs/bpf/other

# The control socket
like "the group may look" "$(as_stranger $GROUP_ID status)" 'wan0'
like "it may change nothing" "$(as_stranger $GROUP_ID restart)" "user 65534 may look, but not 'restart': only root and the daemon's own user \($USER_ID\)"
log_says "the log has who asked" mcingestd "control socket: 'restart' is refused to process [0-9]+ of user 65534"
like "others have no way in" "$(as_stranger 65534 status)" 'no permission to use .*control.sock'
like "the own user may" "$(in_node ingest setpriv --reuid $USER_ID --regid $GROUP_ID --clear-groups "$WORK/mcingest" restart 2>&1)" 'restarts'
until_true "it restarts" starts 1
finish mcingestd
in_node ingest rmdir /sys/fs/bpf/mcingest

# Root
mcingestd_up
ok "root keeps what the daemon needs" has bpf
ok "and what is of use to it" has sys_admin
ok "no more" eval '! has sys_module && ! has sys_ptrace && ! has setuid'
finish mcingestd
printf '[daemon]\nseccomp = no\n' >"$WORK/no.conf"
mcingestd_up --config "$WORK/no.conf"
is "the filter of system calls can be left out" "$(process Seccomp)" 0
finish mcingestd
ok "nothing was refused" eval '! grep -h "refused by the daemon.s own filter\|not permitted" "$WORK"/*.log'
finished
