# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
#
# The soak's network: a lab with three LANs, two relays, sources, a DNS whose TTL is 30 s, and those who want channels.
#
#   lan0  FRR, for a receiver behind it        lan1  routers of ours, one a family        lan2  plain hosts, by IGMP and MLD
#
# Wanted all the time, and sent 50 times a second, are the channels of WATCHED; the routers of lan1 come and go with others.

ONE=(203.0.113.15 2001:db8:15::15) TWO=(203.0.113.16 2001:db8:15::16)
PLAIN=192.0.2.45 PLAIN6=2001:db8:5::10     # sources with both relays
ONLY_ONE=198.18.5.10 ONLY_TWO=198.51.100.77 # sources with one
RATE=50
declare -A WATCHED=(
    [lan0]="$PLAIN,232.1.1.1 $ONLY_TWO,233.44.15.9"
    [lan1]="$PLAIN,232.1.1.1 $PLAIN,232.1.1.2 $ONLY_ONE,232.1.1.1 $PLAIN6,ff3e::8000:1 $PLAIN6,ff3e::8000:2"
    [lan2]="$PLAIN,232.1.1.1 $PLAIN6,ff3e::8000:1"
)
WATCHED_CHANNELS=6 # different ones
LIVE=500           # of each router of lan1, beside those: a channel lives for 20 s
((${SOAK_MINUTES:-30} > 1)) || LIVE=100
ZONES=/run/mcingest-lab/$LAB/etc/bind

named_reads() { kill -HUP "$(<"/run/mcingest-lab/$LAB/pid/named")"; }

dns_up() { # short TTLs; two relays for two of the sources
    # shellcheck disable=SC2016 # $TTL is the zone's
    sed -i 's/^\$TTL 300/$TTL 30/; s/^amtrelay  *AAAA.*//' "$ZONES"/zones/*
    sed -i "/^0.1.0.*AMTRELAY/{p;s/10 0 2 .*/20 0 2 ${TWO[1]}/}" "$ZONES/zones/2001-db8-5"
    cp -r "$ZONES" "$WORK/bind"
    named_reads
    until_true "named has them" eval '(($(in_node ingest dig +short 0.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.5.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa TYPE260 | wc -l) == 2))'
}

relay_starts() { # one|two
    local -n addresses=${1^^}
    relay_at "$1" --address "${addresses[0]}" --address "${addresses[1]}" --quiet
}

# The daemon. Its log is a pipe with a reader, as a journal is.

log_up() {
    : >"$WORK/reader.log"
    mkfifo "$WORK/pipe"
    exec {LOG_PIPE}<>"$WORK/pipe" # it stays open while no daemon runs
    cat "$WORK/pipe" >"$WORK/mcingestd.log" &
    PIDS[reader]=$!
}

set_faults() { # SENDS UPDATES ALLOCATIONS: of a million, how many fail (tests/lab/faults.c)
    printf '%12d%12d%12d' "$@" 1<>"$WORK/faults"
}

configure() { # LIMIT
    cat >"$WORK/new.conf" <<END
[interfaces]
downstream = lan0 lan1 lan2
igmp = lan2
[relays]
renew = 30
[tunnels]
hold_down = 10
[limits]
channels = $1
END
    mv "$WORK/new.conf" "$WORK/mcingest.conf"
}

answers() { [[ $(api status .version) ]]; }

daemon_starts() {
    scripts/lab exec ingest env FAULTS="$WORK/faults" LD_PRELOAD="$WORK/faults.so" \
        ASAN_OPTIONS="$ASAN_OPTIONS:verify_asan_link_order=0" \
        "$BUILD/mcingestd" --config "$WORK/mcingest.conf" </dev/null >"$WORK/pipe" 2>&1 &
    PIDS[mcingestd]=$!
    echo $! >"$WORK/pid"
    until_true "mcingestd answers" answers
}

starts() { api status .since; }
has_restarted() { [[ $(starts) != "$1" ]]; }

daemon_up() {
    local flags=(-DFAULTS_OF_MEMORY)
    ulimit -c 0
    ! grep -q __asan_init "$BUILD/mcingestd" || flags=()
    cc -O2 -D_GNU_SOURCE "${flags[@]}" -shared -fPIC tests/lab/faults.c -o "$WORK/faults.so"
    set_faults 0 0 0
    configure 16384
    for folder in /run/mcingest /var/lib/mcingest; do
        in_node ingest mount -o remount,size=256k "$folder" # so that it can be filled
    done
    log_up
    daemon_starts
}

# Who wants channels

router_up() { # NAME SOURCE SOURCES GROUP GROUPS CHANNEL...
    spawn "$1" receiver "$PEERS/router" --interface eth1 --source "$2" --sources "$3" --group "$4" --groups "$5" \
        --rate 25 --live $LIVE "${@:6}"
}

routers() { # SIGNAL
    kill "-$1" "${PIDS[router4]}" "${PIDS[router6]}"
}

all_live() { (($(routers_want) == 2 * LIVE)); }

churn() { # until there are as many as there shall be
    routers USR2
    until_true "the routers want $LIVE channels each" all_live
}

routers_want() { # how many channels that come and go
    local lines
    lines=$(tail -qn 1 "$WORK/router4.log" "$WORK/router6.log") # joins N leaves N live N
    awk '{ sum += $6 } END { print sum }' <<<"$lines"
}

host_wants() { # INTERFACE CHANNEL
    spawn "host-$1-$2" receiver "$PEERS/receiver" --interface "$1" --source "${2%,*}" --group "${2#*,}" --seconds 86400
}

receivers_up() {
    local channel
    # shellcheck disable=SC2086 # words on purpose
    router_up router4 198.18.6.1 40 232.2.0.0 200 ${WATCHED[lan1]}
    # shellcheck disable=SC2086
    router_up router6 "$PLAIN6" 1 ff3e::9000:0 8000 ${WATCHED[lan1]}
    for channel in ${WATCHED[lan0]}; do host_wants eth0 "$channel"; done
    for channel in ${WATCHED[lan2]}; do host_wants eth2 "$channel"; done
}

sender_up() { # NAME SOURCE GROUP GROUPS
    spawn "$1" source "$PEERS/source" --interface eth0 --source "$2" --group "$3" --groups "$4" --rate $((RATE * $4)) \
        --seconds 86400 --size 1000
}

senders_up() {
    sender_up sender-plain $PLAIN 232.1.1.1 2
    sender_up sender-plain6 $PLAIN6 ff3e::8000:1 2
    sender_up sender-one $ONLY_ONE 232.1.1.1 1
    sender_up sender-two $ONLY_TWO 233.44.15.9 1
}

senders() { # SIGNAL
    local name
    for name in plain plain6 one two; do kill "-$1" "${PIDS[sender-$name]}"; done
}

watchers_up() {
    local lan on
    for lan in 0 1 2; do
        on=(receiver "eth$lan")
        ((lan)) || on=(access up0)
        # shellcheck disable=SC2086 # words on purpose
        spawn "gaps-lan$lan" "${on[0]}" "$PEERS/gaps" --interface "${on[1]}" --status "$WORK/lan$lan.status" ${WATCHED[lan$lan]}
    done
}

world_up() {
    rm -rf "$OUT"
    mkdir -p "$OUT"
    lab_up
    lan_add 1
    lan_add 2
    lans_take_xdp on
    dns_up
    relay_starts one
    relay_starts two
    daemon_up
    until_true "FRR says Hello" neighbor_there
    until_true "FRR knows us" frr_knows_us
    receivers_up
    until_true "all that is watched is joined" eval '[[ $(api status .channels.joined) == $WATCHED_CHANNELS ]]'
    TIMERS=$(api status .timers) # with nothing but that
    watchers_up
    accounts_open
    senders_up
    is "the WAN by XDP" "$(interface wan0 upstream mode)" xdp
}

world_down() {
    local name
    senders TERM
    for name in 0 1 2; do finish "gaps-lan$name"; done
    finish mcingestd
    verdict $? "mcingestd ends well" || true
}
