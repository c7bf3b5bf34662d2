#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# A relay with the manners of Linux's own: it knows us by our address alone, answers to the first port that it saw, and
# reads the P flag of a Request elsewhere. Channels come back after each kind of restart of ours.
. "$(dirname "$0")/lib.sh"

S=192.0.2.10 G=232.1.1.1 S6=2001:db8:5::10 G6=ff3e::8000:1 RELAY=203.0.113.15
tunnel() { api tunnels ".tunnels[] | select(.relay == \"$RELAY\") | $1"; }
no_tunnels() { [[ $(api tunnels '.tunnels | length') == 0 ]]; }
receiving() { channel_is "$1" "$2" receiving; }
back() { # WHAT: the channel comes by way of the same port
    until_true "$1: the channel comes" receiving $S $G
    is "$1: the channel comes, from the port that the relay knows" "$(tunnel .local_port)" "$port"
}
daemon_up() { mcingestd_up --config "$WORK/conf"; }
viewer_up() { receiver_up viewer $S $G --seconds 600; }

lab_up
echo kernel >"$WORK/manners"
relay_up --manners "$WORK/manners"
link_local_up
cat >"$WORK/conf" <<END
[relays]
amtrelay = 192.0.2.0/24 10 1 1 $RELAY
amtrelay = 2001:db8:5::/48 10 1 1 $RELAY
[channels]
linger = 0
END
daemon_up
until_true "FRR says Hello" neighbor_there
until_true "FRR knows us" frr_knows_us
spawn sender source "$PEERS/source" --interface eth0 --source $S --group $G --rate 100 --count 100000 --size 100

viewer_up
until_true "a first channel" receiving $S $G
port=$(tunnel .local_port)
is "the secret is ours alone" "$(in_node ingest stat -c %a /var/lib/mcingest/secret)" 600

finish mcingestd
daemon_up
back "stopped and started"

finish mcingestd KILL
daemon_up
back "killed and started"

finish viewer
until_true "nobody watches" no_channels
until_true "the tunnel is closed" no_tunnels
viewer_up
back "left and joined again"

# IPv6 in the same tunnel.
neighbor6_up
spawn sender6 source "$PEERS/source" --interface eth0 --source $S6 --group $G6 --rate 100 --count 100000 --size 100
lan_hears pim-join-sg-v6
until_true "an IPv6 channel" receiving $S6 $G6
ok "an IPv6 channel" true
is "where the relay reads P is shown" "$(tunnel .p_flag)" 0x80
is "IGMP and MLD share the tunnel" "$(tunnel '"\(.igmp.state) \(.mld.state) \(.local_port)"')" "active active $port"
like "and said to people" "$(in_node ingest "$BUILD/mcingest" tunnels)" 'P flag of a Request at 0x80'

other_port() { [[ $(tunnel .local_port) && $(tunnel .local_port) != "$port" ]]; }
finish mcingestd
in_node ingest sysctl -qw net.ipv4.ip_local_reserved_ports="$port"
daemon_up
until_true "a port that is reserved is left alone" other_port
ok "a port that is reserved is left alone" true

finish mcingestd
in_node ingest umount /var/lib/mcingest
in_node ingest mount -t tmpfs -o ro tmpfs /var/lib/mcingest
daemon_up
log_says "a folder that cannot be written is said, with its cure" mcingestd "cannot keep the tunnels' ports in /var/lib/mcingest: Read-only file system.*'state' in \[daemon\]"
finished
