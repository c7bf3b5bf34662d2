#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# 50 channels of both families flow to two LANs, by TC and by XDP, while the daemon restarts: by SIGUSR2 in its process, by
# SIGUSR1 and a start (which is what `systemctl restart` does), and into another version, whose maps have another layout and
# other limits, and back. No packet is lost or doubled, nobody is told, and the counters go on.
#   RATE       packets a second, in all (2000)
#   RESTARTS   restarts (4), half of them under XDP
#   CHANGES    changes of the version (4), half of them under XDP
# The figures of the issue: RATE=10000 RESTARTS=100 CHANGES=20 bash tests/functional/hitless.sh
export LAB_DELAY_MS=0
. "$(dirname "$0")/lib.sh"

RATE=${RATE:-2000} RESTARTS=${RESTARTS:-4} CHANGES=${CHANGES:-4} CHANNELS=25 # of a family
FLOWS=("v4 192.0.2.10 232.1.2.1" "v6 2001:db8:5::10 ff3e::8000:1")
SIZE=1000

join_all() { # LAN
    local flow
    for flow in "${FLOWS[@]}"; do
        read -r family source group <<<"$flow"
        [[ $family == v4 ]] && upstream=10.$1.0.1 || upstream=$(link_local ingest "lan$1")
        in_node receiver "$PEERS/neighbor" --interface "eth$1" --upstream "$upstream" --source "$source" --group "$group" \
            --groups $CHANNELS --holdtime 65535 >/dev/null
    done
}

configure() { # LIMIT
    printf '[limits]\nchannels = %d\ntunnels = %d\n' "$1" "$1" >"$WORK/new.conf"
    mv "$WORK/new.conf" "$WORK/mcingest.conf"
}

install_binary() { # PATH: as a package does
    cp "$1" "$WORK/mcingestd.new"
    mv "$WORK/mcingestd.new" "$WORK/mcingestd"
}

start_daemon() {
    spawn mcingestd ingest "$WORK/mcingestd" --downstream lan1 --downstream lan2 --config "$WORK/mcingest.conf"
    until_true "mcingestd starts" logged mcingestd ' ready$'
}

all_are() { [[ $(api channels "[.channels[] | select(.state == \"$1\" and (.interfaces | length) == 2)] | length") == $((2 * CHANNELS)) ]]; }
starts() { grep -c ' ready$' "$WORK/mcingestd.log"; }
has_started() { (($(starts) >= $1)); }

restart_in_place() { # SIGNAL
    local n
    n=$(starts)
    kill "-$1" "${PIDS[mcingestd]}"
    until_true "a restart by SIG$1" has_started $((n + 1))
}

restart() { # NUMBER
    if (($1 % 2)); then
        restart_in_place USR2
    else
        finish mcingestd USR1 || verdict 1 "SIGUSR1 ends the process well"
        start_daemon
    fi
}

change() { # NUMBER: odd ones change to the other version
    if (($1 % 2)); then
        install_binary build/other/mcingestd
        configure 300
    else
        install_binary "$BUILD/mcingestd"
        configure 100
    fi
    restart_in_place HUP
    logged mcingestd 'have other sizes or another layout' || verdict 1 "the maps are replaced"
}

rounds() { # RESTARTS CHANGES
    local i
    for ((i = 1; i <= $1; i++)); do restart $i; done
    for ((i = 1; i <= $2; i++)); do change $i; done
}

sent() { sed -n 's/^sent //p' "$WORK/source_$1.log"; }
counted() { # FAMILY: what the channels show
    local family
    [[ $1 == v6 ]] && family=: || family=.
    api channels "[.channels[] | select(.source | contains(\"$family\")) | .packets] | add"
}
all_are_counted() { [[ $(counted "$1") == "$(sent "$1")" ]]; }
summary_of() { sed -n 's/ overrun=0$//; s/^received=//p' "$WORK/$1.log"; }

lab_up
relay_up
lan_add 1
lan_add 2
install_binary "$BUILD/mcingestd"
configure 100
start_daemon
spawn wire receiver tshark -l -n -i eth1 -i eth2 -f 'proto 103' -Y '(pim.type == 0 && pim.holdtime == 0) || pim.numprunes > 0'
spawn tunnels relay tshark -l -n -i net0 -Y 'amt.type == 7' -f 'udp port 2268'
until_true "the LANs are watched" logged wire 'Capturing on'
until_true "the tunnels are watched" logged tunnels 'Capturing on'
for lan in 1 2; do join_all $lan; done
until_true "all are joined on both LANs" all_are joined
for flow in "${FLOWS[@]}"; do
    read -r family source group <<<"$flow"
    for lan in 1 2; do
        spawn "counter_$family$lan" receiver "$PEERS/counter" --interface eth$lan --group "$group" --groups $CHANNELS
        until_true "packets are counted" logged "counter_$family$lan" counts
    done
    spawn "source_$family" source "$PEERS/source" --interface eth0 --source "$source" --group "$group" --groups $CHANNELS \
        --rate $((RATE / 2)) --seconds 86400 --size $SIZE
done
until_true "all receive" all_are receiving

is "by TC" "$(api status '.interfaces[] | select(.name == "wan0") | .mode')" tc
rounds $((RESTARTS / 2)) $((CHANGES / 2))
for lan in 1 2; do in_node receiver ethtool -K eth$lan gro on; done # so the veth takes frames from XDP
restart_in_place USR2
is "by XDP" "$(api status '.interfaces[] | select(.name == "wan0") | .mode')" xdp
rounds $((RESTARTS / 2)) $((CHANGES / 2))

for family in v4 v6; do finish source_$family; done
for family in v4 v6; do
    until_true "all of $family are counted, on and on: $(sent $family)" all_are_counted $family
    verdict 0 "all of $family are counted, on and on: $(sent $family)"
    for lan in 1 2; do
        finish counter_$family$lan
        is "$family on LAN $lan: nothing is lost or doubled" "$(summary_of counter_$family$lan)" "$(sent $family) duplicates=0"
    done
done
is "nothing was dropped" "$(api counters '.drops | map_values(select(. > 0)) | length')" 0
finish wire
finish tunnels
is "no goodbye and no Prune on the LANs, no Teardown to relays" "$(grep -c PIM "$WORK/wire.log") $(grep -c AMT "$WORK/tunnels.log")" "0 0"
is "no relay was told to stop" "$(grep -cE 'BLOCK|TO_EX' "$WORK/relay.log")" 0
finish mcingestd
verdict $? "a clean stop exits 0" || true
is "and removes all" "$(in_node ingest ls -A /sys/fs/bpf | grep -v '\.debug$')" ""
finished
