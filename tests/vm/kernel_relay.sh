# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# The daemon against Linux's own AMT relay (amt.ko), in the virtual machine of scripts/vm-check, which sources this file
# and has `step`. Hosts on the LAN join; sources in the relay's namespace send.

RELAY=100.64.7.1

in_relay() { ip netns exec relay "$@"; }
in_lan() { ip netns exec lan "$@"; }
show() { sed 's/^/#   /' "$@"; }

relay_made() { # anew: it knows nobody
    in_relay ip link del amt0 2>/dev/null || true
    in_relay ip link add amt0 type amt mode relay local "$RELAY" dev r0 relay_port 2268 max_tunnels 8 &&
        in_relay ip link set amt0 up &&
        in_relay ip addr add 192.0.2.10/32 dev amt0 &&
        in_relay ip -6 addr add 2001:db8:5::10/128 dev amt0 nodad &&
        in_relay ip route add 232.0.0.0/8 dev amt0 &&
        in_relay ip -6 route add multicast ff3e::/16 dev amt0 table local
}

network() {
    ip link del lan0 2>/dev/null || true # of an earlier step
    ip link del wan0 2>/dev/null || true
    ip netns add relay && ip netns add lan
    ip link add wan0 type veth peer name r0 netns relay
    ip link add lan0 type veth peer name l0 netns lan
    ip addr add 100.64.7.2/24 dev wan0
    ip addr add 10.0.0.1/24 dev lan0
    ip -6 addr add fe80::1/64 dev lan0 nodad
    in_relay ip addr add "$RELAY/24" dev r0
    in_lan ip addr add 10.0.0.50/24 dev l0
    ip link set wan0 up && ip link set lan0 up
    in_relay ip link set lo up && in_relay ip link set r0 up
    in_lan ip link set lo up && in_lan ip link set l0 up
    ip route add default via "$RELAY"
    in_lan sysctl -qw net.ipv4.igmp_max_memberships=100
    printf '[relays]\namtrelay = 192.0.2.0/24 10 1 1 %s\namtrelay = 2001:db8:5::/48 10 1 1 %s\n[channels]\nlinger = 0\n' \
        "$RELAY" "$RELAY" >/tmp/conf
    insmod /vm/amt.ko && relay_made
}

until_seen() { # COMMAND...: within two minutes
    for ((tries = 0; tries < 600; tries++)); do
        "$@" && return
        sleep 0.2
    done
    echo "# in vain: $*"
    /vm/mcingest channels -v | show
    /vm/mcingest tunnels -v | show
    tail -n 30 /tmp/daemon | show
    return 1
}

answers() { /vm/mcingest status >/dev/null 2>&1; }
receiving() { (($(/vm/mcingest channels 2>/dev/null | grep -c ' receiving ') >= $1)); }
no_tunnel() { /vm/mcingest tunnels 2>/dev/null | grep -q '^No tunnels'; }
local_port() { /vm/mcingest tunnels | sed -n "s/^$RELAY .*100\.64\.7\.2:\([0-9]*\) .*/\1/p"; }

daemon_up() {
    /vm/mcingestd --downstream lan0 --igmp lan0 --upstream wan0 --config /tmp/conf 2>/tmp/daemon &
    daemon=$!
    until_seen answers
}

daemon_down() { # SIGNAL
    kill "-$1" "$daemon"
    wait "$daemon" 2>/dev/null || true
}

flow() { # SOURCE GROUP [RATE]: for as long as the relay is there
    ip netns exec relay /vm/source --interface amt0 --source "$1" --group "$2" --rate "${3-20}" --count 1000000 --size 100 >/dev/null 2>&1 &
    senders+=($!)
}
end_flows() {
    kill "${senders[@]}" 2>/dev/null || true
    wait "${senders[@]}" 2>/dev/null || true
    senders=()
}

view() { # SOURCE GROUP
    ip netns exec lan /vm/receiver --interface l0 --source "$1" --group "$2" --seconds 3600 >/dev/null 2>&1 &
    viewers+=($!)
}

unview() {
    kill "${viewers[@]}" 2>/dev/null || true
    wait "${viewers[@]}" 2>/dev/null || true
    viewers=()
}

first_channel() {
    daemon_up
    flow 192.0.2.10 232.1.1.1
    view 192.0.2.10 232.1.1.1
    until_seen receiving 1
    port=$(local_port)
    [[ $port ]]
}

restarted() { # SIGNAL
    daemon_down "$1"
    daemon_up && until_seen receiving 1 && [[ $(local_port) == "$port" ]]
}

rejoined() {
    unview
    until_seen no_tunnel
    view 192.0.2.10 232.1.1.1
    until_seen receiving 1 && [[ $(local_port) == "$port" ]]
}

ipv6() {
    flow 2001:db8:5::10 ff3e::8000:1
    view 2001:db8:5::10 ff3e::8000:1
    until_seen receiving 2 && /vm/mcingest tunnels | grep -q 'P flag of a Request at 0x80'
}

packets() { /vm/mcingest channels --json | sed 's/[,{]/\n/g' | sed -n 's/^ *"packets": //p' | head -n 1; }
more_packets() { (($(packets) > $1)); }
goes_on() { until_seen more_packets $(($(packets) + 20)); }

outage() { # of SECONDS: an event of the network, and no wait for something
    ip link set wan0 down
    sleep "$1"
    ip link set wan0 up
    ip route replace default via "$RELAY"
    goes_on
}

anew() {
    end_flows
    relay_made
    flow 192.0.2.10 232.1.1.1
    flow 2001:db8:5::10 ff3e::8000:1
    goes_on && until_seen receiving 2
}

# It has room for 32 groups of a gateway, and says nothing of the others.
said_of_no_room() {
    (($(/vm/mcingest channels | grep -c 'no data yet: .*no room') == 8 && $(/vm/mcingest channels | grep -c ' receiving ') == 32))
}
forty_groups() {
    unview
    until_seen no_tunnel
    end_flows
    for ((n = 1; n <= 40; n++)); do
        flow 192.0.2.10 232.1.2.$n 2
        view 192.0.2.10 232.1.2.$n
    done
    until_seen said_of_no_room
}

kernel_relay() {
    local daemon port viewers=() senders=()
    step "Linux's relay is there" network
    step "Linux's relay serves an IPv4 channel" first_channel
    step "a clean restart comes back from the same port" restarted TERM
    step "a killed daemon's next one, too" restarted KILL
    step "left, closed and joined again, too" rejoined
    step "IPv6 beside IPv4 in one tunnel" ipv6
    step "an outage of 20 s" outage 20
    step "the relay made anew under data" anew
    step "40 groups: 32 come, and 8 say why not" forty_groups
    unview
    end_flows
    daemon_down TERM
}
