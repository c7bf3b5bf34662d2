#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# mcingest doctor and the box itself: privileges, kernel, BTF, the BPF file system, versions of command, daemon and programs,
# programs of others in front of ours, a limit that is nearly reached, a daemon that was held up.
. "$(dirname "$0")/lib.sh"

S=192.0.2.10
doctor_with_tmpfs() { # PATH: over it, in a mount namespace of its own
    # shellcheck disable=SC2016 # of the inner shell
    doctor_by unshare -m sh -c 'mount -t tmpfs none "$1" && shift && exec "$@"' sh "$1" \
        "$BUILD/mcingest" doctor --json --config "$WORK/conf"
}

lab_up
relay_up
printf '[interfaces]\ndownstream = lan0\nupstream = wan0\n' >"$WORK/conf"

# Privileges, kernel, BTF, bpffs
chmod 755 "$WORK"
cp "$BUILD/mcingest" "$WORK"
doctor_by setpriv --reuid 65534 --regid 65534 --clear-groups "$WORK/mcingest" doctor --json --config "$WORK/conf"
finds "an unprivileged user" warn privileges 'this command lacks cap_[a-z_]+.* -> sudo mcingest doctor'
finds "who cannot watch the WAN" warn capture 'cannot watch wan0: .* -> sudo mcingest doctor'
doctor_by setarch --uname-2.6 "$BUILD/mcingest" doctor --json --config "$WORK/conf"
finds "an old kernel" fail kernel 'Linux 2\.6\.[0-9]+.* is too old -> install Linux 5.11 or newer'
doctor_with_tmpfs /sys/kernel/btf
finds "a kernel without BTF" fail kernel 'has no BTF .*: no program can be loaded -> a kernel with CONFIG_DEBUG_INFO_BTF=y'
doctor_with_tmpfs /sys/fs/bpf
finds "no BPF file system" warn bpffs 'no BPF file system at /sys/fs/bpf -> nothing: mcingestd mounts it'
doctor_with_tmpfs /sys/fs
finds "no place for it" fail bpffs 'there is no /sys/fs/bpf -> mount -t sysfs'

# A daemon of another version, and its programs after its death
spawn mcingestd ingest build/other/mcingestd --config "$WORK/conf"
until_true "the other version starts" logged mcingestd ' ready$'
doctor
finds "a daemon of another version" warn daemon 'the daemon is mcingestd .*\+other, this command is of .* -> mcingest restart'
finish mcingestd KILL
doctor
finds "whose programs forward on" fail daemon 'the daemon is gone, and the kernel forwards on .*, by programs of mcingestd .*\+other -> systemctl start'
mcingestd_up
in_node ingest ln -sfn 0.1.0 /sys/fs/bpf/mcingest/version
doctor
finds "programs of another version" warn daemon 'mcingestd is .*, but programs in the kernel are of 0\.1\.0 -> systemctl restart'
finish mcingestd

# A stranger's filter in front of ours; a limit of which four fifths are used; a daemon that was stopped for a second
printf '[limits]\nchannels = 5\n' >>"$WORK/conf"
mcingestd_up --config "$WORK/conf"
in_node ingest tc filter add dev wan0 ingress pref 3 protocol all bpf da pinned /sys/fs/bpf/mcingest/observe_tc
in_front() { [[ $(api status '.interfaces[] | select(.name == "wan0") | .in_front') != null ]]; }
until_true "the filter in front is seen" in_front
doctor
finds "a filter in front of ours" warn programs 'wan0: bpf observe_tc.* stands in front of our filter -> give it a preference above 2268, or let it end with `continue`'
in_node ingest tc filter del dev wan0 ingress pref 3
for n in 1 2 3 4; do
    in_node ingest "$BUILD/mcingest" join $S 232.1.9.$n >/dev/null
done
four() { [[ $(api status '.channels | add') == 4 ]]; }
until_true "four channels" four
doctor
finds "a limit of which four fifths are used" warn limits '4 of 5 channels -> raise `channels` under \[limits\]'
# It is stopped for a moment, again and again, until that happens while something waits for it.
spawn asker ingest perl -MIO::Socket::UNIX -e '
    $SIG{TERM} = sub { exit };
    while (my $s = IO::Socket::UNIX->new("/run/mcingest/control.sock")) { print $s qq({"command":"counters"}\n); $s->flush; <$s> }'
stalls() {
    kill -STOP "${PIDS[mcingestd]}"
    sleep 0.15
    kill -CONT "${PIDS[mcingestd]}"
    [[ $(api status '.longest_stall_ms > 100') == true ]]
}
until_true "it was held up" stalls
finish asker
doctor
finds "a daemon that was held up" warn load 'something waited [0-9]+ ms for the daemon -> give the box a faster or a free core'
finish mcingestd
verdict $? "mcingestd ends well" || true
finished
