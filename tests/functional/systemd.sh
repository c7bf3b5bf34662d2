#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# What the daemon tells systemd: it is ready, it is alive (at half of the watchdog's time), it stops. And data flows with
# the capabilities that the unit leaves it.
. "$(dirname "$0")/lib.sh"

told() { # MESSAGE COUNT: at least as often
    (($(grep -c "^$1\$" "$WORK/systemd.log") >= $2))
}

lab_up
export NOTIFY_SOCKET=$WORK/notify WATCHDOG_USEC=1000000
# shellcheck disable=SC2016 # the variables are perl's
spawn systemd ingest perl -MIO::Socket::UNIX -e '$| = 1;
    my $socket = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $ENV{NOTIFY_SOCKET}) or die;
    while (defined $socket->recv(my $message, 4096)) { print "$message\n" }'
until_true "the socket is there" test -S "$NOTIFY_SOCKET"
mcingestd_up
until_true "ready" told READY=1 1
ok "the daemon says that it is ready" true
until_true "alive" told WATCHDOG=1 4
ok "the daemon says that it is alive, although it is idle" true
finish mcingestd
verdict $? "a clean stop exits 0" || true
until_true "stopping" told STOPPING=1 1
ok "the daemon says that it stops" true

# As setpriv names them: CAP_NET_RAW is +net_raw.
capabilities=$(sed -n 's/^CapabilityBoundingSet=//p' user/share/mcingestd.service | tr '[:upper:] ' '[:lower:],' | sed 's/cap_/+/g')
relay_up
spawn mcingestd ingest setpriv --no-new-privs --bounding-set="-all,$capabilities" "$BUILD/mcingestd" --downstream "$LAN"
until_true "mcingestd starts" logged mcingestd ' ready$'
until_true "FRR says Hello" neighbor_there
until_true "FRR knows us" frr_knows_us
carries "with $capabilities only" 192.0.2.10 232.1.1.1 1000 1000
ok "nothing is missing" in_node ingest sh -c '! grep -i "not permitted" "$1"' sh "$WORK/mcingestd.log"
finish mcingestd
verdict $? "a clean stop exits 0" || true
finished
