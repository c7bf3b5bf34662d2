# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
#
# The faults, and how soon every channel receives after them. A fault's function does the harm and ends it. It calls `counts`
# at the moment from which the time runs: for channels whose source has another relay, and for those of one relay only.

OUTAGE=12 SHORTLY=3 # seconds: what lasts, and what does not
((${SOAK_MINUTES:-30} > 1)) || OUTAGE=2 SHORTLY=1
SINCE_OTHER=0 SINCE_ONLY=0

# Seconds until channels receive, as operate.md has them; 0: no packet is lost. Without an own number: as for the others.
bounds() {
    cat <<'END'
#                other  only
relay_killed         3     3
relay_silent         5     3
relay_mute           7     3
relay_anew           3
restart              0
reload               0
hand_over            0
crash                0
memory               0
disk                 0
no_buffers           0
log                  0
dns_late             0
dns_wrong            0
dns_servfail         0
mtu                  0
mode                 0
wan_flap             4
wan_address          2
lan_flap_frr         9
lan_flap_router      9
lan_flap_hosts      11
tools_lan            0
tools_wan            1
END
}

bound() { # FAULT other|only
    bounds | awk -v fault="$1" -v which="$2" '$1 == fault { print (which == "only" && NF > 2 ? $3 : $2) }'
}

counts() { # [other|only]: from now on, for both or for one of them
    [[ ${1-other} != other ]] || SINCE_OTHER=$EPOCHREALTIME
    [[ ${1-only} != only ]] || SINCE_ONLY=$EPOCHREALTIME
}

# What is lost

restart_by() { # SIGNAL: in the same process
    local since
    since=$(starts)
    kill "-$1" "${PIDS[mcingestd]}"
    until_true "a restart by SIG$1" has_restarted "$since"
}

fault_restart() { restart_by USR2; }

fault_reload() { # with another limit, and back
    configure 12000
    restart_by HUP
    configure 16384
    restart_by HUP
}

fault_hand_over() { # as `systemctl restart` does
    finish mcingestd USR1
    daemon_starts
}

fault_crash() {
    finish mcingestd KILL
    daemon_starts
}

is_gone() { ! kill -0 "${PIDS[mcingestd]}" 2>/dev/null; }

fault_memory() { # without memory the daemon ends, with a line; the kernel forwards on
    local end=$((SECONDS + 5))
    set_faults 0 0 300
    until is_gone || ((SECONDS > end)); do sleep 0.1; done
    set_faults 0 0 0
    if is_gone; then
        finish mcingestd none
        DEATHS=$((${DEATHS-0} + 1))
        daemon_starts
    fi
}

full() { in_node ingest sh -c "cat /dev/zero >$1/full" 2>/dev/null; }

fault_disk() { # the state folder, and that of the control socket
    full /var/lib/mcingest
    full /run/mcingest
    [[ $(api "join $PLAIN 232.1.1.9" .error 2>/dev/null) != null ]] || verdict 1 "a static channel that cannot be kept is refused"
    restart_by USR2
    finish mcingestd KILL
    daemon_starts
    in_node ingest rm /var/lib/mcingest/full /run/mcingest/full
}

fault_no_buffers() {
    set_faults 1000000 300000 0
    sleep $SHORTLY
    set_faults 0 0 0
}

fault_log() { # nobody reads it
    kill -STOP "${PIDS[reader]}"
    sleep $OUTAGE
    kill -CONT "${PIDS[reader]}"
}

# Relays

serving() { [[ $(channel "$PLAIN" 232.1.1.1 .relay) == "${ONE[0]}" ]] && echo one || echo two; }
none_moves() { [[ $(api channels '[.channels[] | select(.packets > 0 and .move != "staying")] | length') == 0 ]]; }
none_held_down() { [[ $(api tunnels '.held_down | length') == 0 ]]; }

harm_relay() { # COMMAND...: the one that serves most. A flow is missed soon after some seconds in which it was steady
    until_true "no channel is about to change its relay" none_moves
    sleep 3
    RELAY=$(serving)
    "$@"
}
relay_dies() { finish "$RELAY" KILL; }
relay_stops() { kill -STOP "${PIDS[$RELAY]}"; }
relay_keeps_data() { manners "$RELAY" mute; }

fault_relay_killed() { # the kernel of its host says so
    harm_relay relay_dies
    counts other
    sleep $OUTAGE
    relay_starts "$RELAY"
    counts only
}

fault_relay_silent() { # nobody says so
    harm_relay relay_stops
    counts other
    sleep $OUTAGE
    kill -CONT "${PIDS[$RELAY]}"
    counts only
}

fault_relay_mute() { # it answers, and sends no data
    harm_relay relay_keeps_data
    counts other
    sleep $OUTAGE
    manners "$RELAY"
    counts only
}

fault_relay_anew() { # it has forgotten us
    harm_relay relay_dies
    relay_starts "$RELAY"
}

# DNS

fault_dns_late() { # by as long as a question lasts, nearly
    kill -STOP "$(<"/run/mcingest-lab/$LAB/pid/named")"
    sleep 4
    kill -CONT "$(<"/run/mcingest-lab/$LAB/pid/named")"
}

zones_as_before() {
    cp -r "$WORK/bind/." "$ZONES"
    named_reads
}

fault_dns_wrong() { # for longer than records live: relays that there are not
    sed -i 's/\(AMTRELAY.*\)203\.0\.113\.1[56]/\1203.0.113.99/; s/\(AMTRELAY.*15::\)1[56]/\199/' "$ZONES"/zones/*
    named_reads
    sleep $((OUTAGE * 3))
    zones_as_before
}

fault_dns_servfail() {
    sed -i 's|/etc/bind/zones/[0-9][^"]*|/etc/bind/zones/there-is-none|' "$ZONES/named.conf"
    named_reads
    sleep $((OUTAGE * 3))
    zones_as_before
}

# Interfaces

wan_routes() {
    in_node ingest ip route replace default via 100.64.7.1
    in_node ingest ip -6 addr replace 2001:db8:1::2/64 dev wan0
    in_node ingest ip -6 route replace default via 2001:db8:1::1
}

fault_wan_flap() {
    in_node ingest ip link set wan0 down
    sleep $SHORTLY
    in_node ingest ip link set wan0 up
    wan_routes
}

fault_wan_address() { # another one, and back
    local to
    for to in "2 3" "3 2"; do
        in_node ingest ip addr del "100.64.7.${to% *}/24" dev wan0
        in_node ingest ip addr add "100.64.7.${to#* }/24" dev wan0
        wan_routes
        sleep $SHORTLY
    done
}

lan_flap() { # LAN
    in_node ingest ip link set "$1" down
    sleep $SHORTLY
    in_node ingest ip link set "$1" up
}

fault_lan_flap_frr() {
    lan_flap lan0
    in_node ingest ip -6 addr replace 2001:db8:a::1/64 dev lan0
}
fault_lan_flap_router() { lan_flap lan1; }
fault_lan_flap_hosts() { lan_flap lan2; }

fault_mtu() { # smaller, though not too small, and back
    local interface
    for mtu in 1400 1500; do
        for interface in lan0 lan1 lan2 wan0; do
            in_node ingest ip link set $interface mtu $mtu
        done
        sleep $SHORTLY
    done
}

lans_take_xdp() { # on|off
    in_node access ethtool -K up0 gro "$1"
    in_node receiver ethtool -K eth1 gro "$1"
    in_node receiver ethtool -K eth2 gro "$1"
}

fault_mode() { # XDP, TC, XDP
    lans_take_xdp off
    until_true "the WAN by TC" eval '[[ $(interface wan0 upstream mode) == tc ]]'
    lans_take_xdp on
    until_true "the WAN by XDP" eval '[[ $(interface wan0 upstream mode) == xdp ]]'
}

# Another tool takes our programs away

fault_tools_lan() {
    local lan
    for lan in lan0 lan1 lan2; do
        in_node ingest tc qdisc del dev $lan clsact
    done
}

fault_tools_wan() { in_node ingest ip link set dev wan0 xdp off; }

# Each of them

recovered() { # every channel has had a packet of the last second, sent after the moment from which its time runs
    cat "$WORK"/lan?.status | awk -v other="$SINCE_OTHER" -v only="$SINCE_ONLY" -v now="$EPOCHREALTIME" -v pattern="^($ONLY_ONE|$ONLY_TWO) " '
        { since = $0 ~ pattern ? only : other; if ($3 < since || now - $3 > 1) waits = 1 } END { exit waits }'
}

inflict() { # FAULT
    until_true "before $1: no relay is held down" none_held_down
    until_true "before $1: every channel receives" recovered
    FAULT_AT=$EPOCHREALTIME SINCE_OTHER='' SINCE_ONLY=''
    "fault_$1"
    if [[ ! $SINCE_OTHER ]]; then counts; fi
    sleep 1
    until_true "after $1: every channel receives" recovered
    echo "$1 $FAULT_AT $SINCE_OTHER $SINCE_ONLY $EPOCHREALTIME $(bound "$1" other) $(bound "$1" only)" >>"$OUT/faults"
}

next_slot() { # two faults a minute
    sleep $((30 - ${EPOCHREALTIME%[.,]*} % 30))
}
