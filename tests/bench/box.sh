# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
#
# What the benches of many joins share; a bench sources it first. The bench then runs in namespaces of its own: box (the
# daemon, with lan0 and wan0), lan (the neighbor, 10.0.0.2) and net (DNS and relays, 100.64.7.1). Logs are in /run.
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
export PATH=$PATH:/usr/sbin:/sbin

if [[ ${1-} != inside ]]; then
    exec unshare --mount --net --pid --fork --kill-child --mount-proc "tests/bench/$(basename "$0")" inside
fi

BUILD=${BUILD:-build}
NAME=$(basename "$0" .sh)

die() {
    echo "$NAME: $1" >&2
    tail -n 5 /run/*.log >&2
    exit 1
}

make_net() {
    mount -t tmpfs tmpfs /run
    mkdir -p /run/named /run/zones
    mount -t bpf bpf /sys/fs/bpf
    mount -t tmpfs tmpfs /etc/bind
    ip link set lo up
    for node in lan net; do
        ip netns add $node
        ip -n $node link set lo up
    done
    ip link add lan0 type veth peer name eth0 netns lan
    ip link add wan0 type veth peer name eth0 netns net
    ip addr add 10.0.0.1/24 dev lan0
    ip addr add 100.64.7.2/24 dev wan0
    ip -n lan addr add 10.0.0.2/24 dev eth0
    ip -n net addr add 100.64.7.1/24 dev eth0
    ip link set lan0 up
    ip link set wan0 up
    ip -n lan link set eth0 up
    ip -n net link set eth0 up
    ip route add default via 100.64.7.1
}

zone_head() { # of a zone whose name server is at ADDRESS
    # shellcheck disable=SC2016 # $TTL is the zone's
    printf '%s\n' '$TTL 3600' '@ SOA ns root 1 3600 600 86400 60' '@ NS ns' "ns A $1"
}

named_options() { # WORDS: of listen-on
    cat <<END
options { directory "/run/named"; pid-file none; listen-on $1; listen-on-v6 { none; };
    recursion no; dnssec-validation no; empty-zones-enable no; notify no; session-keyfile none; };
controls { };
END
}

start_daemon() { # with /run/mcingest.conf
    (
        ulimit -Sn 1024 # as most systems start a daemon
        exec "$BUILD/mcingestd" --config /run/mcingest.conf --downstream "${LAN:-lan0}" --upstream wan0 >/run/mcingestd.log 2>&1
    ) &
    daemon=$!
    for ((i = 0; i < 200; i++)); do
        grep -q ' ready$' /run/mcingestd.log && return
        sleep 0.05
    done
    die "mcingestd does not start"
}

stop_daemon() {
    kill "$daemon"
    wait "$daemon" || die "mcingestd stopped with status $?"
}

cpu_ms() { awk '{ ns += $1 } END { printf "%d\n", ns / 1e6 }' /proc/"$daemon"/task/*/schedstat; }

joins_of() { # OPTION...: from the neighbor
    ip netns exec lan "$BUILD/tests/peers/neighbor" --interface eth0 --upstream 10.0.0.1 --source 198.18.0.0 \
        --group 232.1.0.0 "$@" >/dev/null
}

profile_on() { # into $PERF, if it is set
    [[ ${PERF-} ]] || return 0
    perf record -e cpu-clock -F 999 -g -o "$PERF" -p "$daemon" >/dev/null 2>&1 &
    profile=$!
}

report() { # KEY JQ [OPTION...]: the figures, into build/bench.json
    mkdir -p build
    [[ -s build/bench.json ]] || echo '{}' >build/bench.json
    jq "${@:3}" ".[\"$1\"] = $2" build/bench.json >build/bench.json.new
    mv build/bench.json.new build/bench.json
    jq ".[\"$1\"]" build/bench.json
}
