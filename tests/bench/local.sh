#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# A box that is its own receiver (scripts/local-lan): a relay sends 640 Mbit/s of one channel, packets of 1,350 bytes, and a
# socket of the box counts them, for SECONDS_EACH. With AMTGWD=PATH the same stream goes to the same socket through that
# amtgwd, which is no part of this tree: a process that reads each packet and writes it to a TUN interface.
#
# Measured are the packets lost, and the CPU time of relay, gateway and receiver, each as a share of a core, and of all three by
# packet. What the kernel does for a packet is in the time of the process that it interrupts, mostly the relay's: so with
# mcingest, whose programs do all the work. Prints the figures, and writes "local" into build/bench.json. Uses the namespaces
# of box.sh.
set -euo pipefail
. "$(dirname "$0")/box.sh"

SECONDS_EACH=${SECONDS_EACH:-15} MBITS=${MBITS:-640} SIZE=1350 LAN=mc0
RATE=$((MBITS * 1000000 / 8 / SIZE))
S=198.18.0.1

cat_config() {
    printf '%s\n' '[interfaces]' 'igmp = mc0' '[relays]' 'ways = configured' 'amtrelay = 198.18.0.0/15 10 0 1 203.0.113.1'
}

cpu_ns() { awk '{ ns += $1 } END { printf "%.0f\n", ns }' /proc/"$1"/task/*/schedstat; }

measure() { # NAME INTERFACE GROUP PID: of whatever carries the channel
    local receiver received missing before=() after=() pid
    "$BUILD/tests/peers/receiver" --interface "$2" --source $S --group "$3" --seconds "$SECONDS_EACH" --plain >"/run/receiver-$1.log" &
    receiver=$!
    sleep 2 # it has joined, and the stream flows
    for pid in "$relay" "$4" "$receiver"; do
        before+=("$(cpu_ns "$pid")")
    done
    sleep $((SECONDS_EACH - 4))
    for pid in "$relay" "$4" "$receiver"; do
        after+=("$(cpu_ns "$pid")")
    done
    wait $receiver || true
    read -r received missing < <(sed -n 's/^received=\([0-9]*\).* missing=\([0-9]*\).*/\1 \2/p' "/run/receiver-$1.log")
    jq -n --argjson ns $(((SECONDS_EACH - 4) * 1000000000)) "{received: $received, lost: $missing,
        relay_share: ((${after[0]} - ${before[0]}) / \$ns), gateway_share: ((${after[1]} - ${before[1]}) / \$ns),
        receiver_share: ((${after[2]} - ${before[2]}) / \$ns)}
        | .cpu_us_per_packet = (.relay_share + .gateway_share + .receiver_share) * 1e6 * ($received + $missing) / $received / $RATE" \
        >"/run/figures-$1"
}

by_mcingest() {
    scripts/local-lan up
    cat_config >/run/mcingest.conf
    start_daemon
    measure mcingest mc1 232.1.1.1 "$daemon"
    stop_daemon
    scripts/local-lan down
}

by_amtgwd() {
    local gateway
    ip tuntap add mode tun dev tun0
    ip addr add 10.8.8.1/24 dev tun0
    ip link set tun0 up
    sysctl -qw net.ipv4.conf.tun0.rp_filter=0
    (cd /run && exec "$AMTGWD" -a 203.0.113.1 -s 10.8.8.2 -n inet -l inet -c tun0 >/run/amtgwd.log 2>&1) &
    gateway=$!
    sleep 2
    measure amtgwd tun0 232.1.1.2 "$gateway"
    kill "$gateway"
}

make_net
sysctl -qw net.ipv4.conf.all.rp_filter=0
ip -n net addr add 203.0.113.1/32 dev lo
ip netns exec net "$BUILD/tests/peers/relay" --interface lo --no-upstream --feed $RATE --size $((SIZE - 28)) --quiet \
    >/run/relay.log 2>&1 &
relay=$!
echo null >/run/figures-amtgwd
by_mcingest
[[ ! ${AMTGWD-} ]] || by_amtgwd

report local '{mbit_per_s: $mbits, packets_per_s: $rate, mcingest: $ours[0], amtgwd: $theirs[0]}' --argjson mbits "$MBITS" \
    --argjson rate "$RATE" --slurpfile ours /run/figures-mcingest --slurpfile theirs /run/figures-amtgwd
