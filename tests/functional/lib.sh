# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
#
# What the functional tests share. A test sources this file, calls is, ok or like for each thing that it proves, and
# `finished` at its end; without that it has failed. It runs in a lab of its own, with its own processes, which end
# with the test; a lab that the caller has named (LAB) is kept. A test waits for events, never for time to pass.
#
#   relay_up [OPTION...]   the AMT relay on the relay node       mcingestd_up [OPTION...]
#   relay_at NAME OPTION...   one of several                     manners NAME [LINE...]
#   spawn NAME NODE CMD... in the background, log in $WORK/NAME.log   finish NAME [SIGNAL]
#   in_node NODE CMD...    in the foreground
#   api 'COMMAND...' [JQ]  mcingest COMMAND --json, through jq -r
#   carries WHAT S G COUNT SIZE      joins a channel and sends: all packets arrive, once, whole
#   accounts_open, accounts_close WHAT   every packet between the two is accounted for
#   log_says WHAT NAME REGEX   waits until the log of a process says so
#   doctor [ARGUMENT...]       mcingest doctor; its exit status is in $DOCTOR
#   finds WHAT VERDICT CHECK REGEX   it has such a line, "what -> cure"      healthy WHAT   no line failed
#   until_true WHAT CMD... polls; if the command does not succeed in time, the test ends and shows its output

set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

[[ ${LAB-} ]] && LAB_ENDS=0 || LAB_ENDS=1 # whether the lab ends with the test
NAME=$(basename "$0" .sh)
LAB=${LAB:-check${NAME//_/}}
export LAB=${LAB:0:16} # which is as long as a lab's name may be
BUILD=${BUILD:-build/san}
PEERS=build/tests/peers
LAN=lan0 # the daemon's --downstream; another LAB_SHAPE has another name
LAN_END=(access up0) # the other end of the LAN that takes what is forwarded, for accounts
WORK=$(mktemp -d "/tmp/mcingest-$(basename "$0" .sh).XXXXXX")
declare -A PIDS=() BEFORE=() SINCE=()
TESTS=0 FAILED=0 LAB_IS_UP=0
PATIENCE=${PATIENCE:-120} # seconds that an event may take on the busiest machine: it decides nothing else

export ASAN_OPTIONS=abort_on_error=0:exitcode=99 UBSAN_OPTIONS=print_stacktrace=1

# TAP

finished() { echo "1..$TESTS"; }

verdict() { # STATUS WHAT
    TESTS=$((TESTS + 1))
    if (($1 == 0)); then
        echo "ok $TESTS - $2"
    else
        FAILED=$((FAILED + 1))
        echo "not ok $TESTS - $2"
    fi
    return "$1"
}

ok() { # WHAT CMD...
    local what=$1 output
    shift
    output=$("$@" 2>&1)
    verdict $? "$what" || printf '%s\n' "$output" | tail -n 40 | sed 's/^/#   /'
}

needs_link() { # KIND [ARGUMENT...]: of `ip link add`; a kernel without it skips the test
    unshare --net sh -c 'ip link add under0 type veth && ip link add link under0 name it0 type "$@"' sh "$@" \
        >/dev/null 2>&1 && return
    echo "1..0 # SKIP this kernel has no interfaces of kind '$1'"
    exit 0
}

is() { # WHAT GOT WANTED
    [[ $2 == "$3" ]]
    verdict $? "$1" || printf '#   got:    %s\n#   wanted: %s\n' "$2" "$3"
}

like() { # WHAT GOT REGEX
    [[ $2 =~ $3 ]]
    verdict $? "$1" || printf '#   got: %s\n#   wanted something like: %s\n' "$2" "$3"
}

# Processes

in_node() { # NODE CMD...
    scripts/lab exec "$@"
}

spawn() { # NAME NODE CMD...
    : >"$WORK/$1.log" # emptied at once: lines of an earlier process must not count for this one
    scripts/lab exec "${@:2}" </dev/null >"$WORK/$1.log" 2>&1 &
    PIDS[$1]=$!
}

finish() { # NAME [SIGNAL]: its exit status
    local pid=${PIDS[$1]} status
    unset "PIDS[$1]"
    [[ ${2-TERM} == none ]] || kill "-${2-TERM}" "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
    status=$?
    if logged "$1" 'system call .* was refused'; then
        verdict 1 "$1 makes no system call that its filter refuses" || true
    fi
    return $status
}

logged() { # NAME REGEX
    grep -Eq -- "$2" "$WORK/$1.log"
}

until_true() { # WHAT CMD...
    local end=$((SECONDS + PATIENCE)) what=$1
    shift
    until "$@" >/dev/null 2>&1; do
        if ((SECONDS > end)); then
            verdict 1 "$what, within $PATIENCE seconds" || "$@" 2>&1 | tail -n 40 | sed 's/^/#   /'
            exit 1
        fi
        sleep 0.05
    done
}

log_says() { # WHAT NAME REGEX: waits, because a line may come later than the event
    until_true "$1" logged "$2" "$3"
    verdict 0 "$1"
}

show_state() { # what the daemon shows when the test fails
    local command
    [[ ${PIDS[mcingestd]-} ]] || return 0
    for command in status neighbors channels tunnels counters; do
        echo "# --- mcingest $command --json"
        timeout 10 scripts/lab exec ingest "$BUILD/mcingest" "$command" --json 2>&1 | jq -c . 2>&1 | head -c 4000 | sed 's/^/#   /'
    done
}

show_logs() {
    local log
    for log in "$WORK"/*.log; do
        echo "# --- $(basename "$log")"
        tail -n 25 "$log" | sed 's/^/#   /'
    done
}

cleanup() {
    local name
    ((FAILED == 0)) || show_state
    for name in "${!PIDS[@]}"; do
        finish "$name" || true
    done
    ((FAILED == 0)) || show_logs
    ((LAB_ENDS == 0)) || scripts/lab down
    rm -rf "$WORK"
    exit $((FAILED > 0))
}
trap cleanup EXIT
trap 'exit 1' INT TERM HUP

# The path

lab_up() { # a fresh lab for each test: FRR remembers what receivers of an earlier test wanted
    ((LAB_IS_UP)) && return
    LAB_IS_UP=1
    scripts/lab down
    scripts/lab up || { echo "Bail out! the lab does not come up"; exit 1; }
}

relay_up() { # [OPTION...]
    spawn relay relay "$PEERS/relay" --interface src0 "$@"
    until_true "the relay starts" logged relay 'listening on'
}

relay_at() { # NAME OPTION...: one of several; its manners are the lines of $WORK/NAME.manners
    touch "$WORK/$1.manners"
    spawn "$1" relay "$PEERS/relay" --interface src0 --manners "$WORK/$1.manners" "${@:2}"
    until_true "$1 starts" logged "$1" 'listening on'
}

reread() { (($(grep -c 'manners read again' "$WORK/$1.log") > $2)); }

manners() { # RELAY [LINE...]: none are good ones
    local before
    before=$(grep -c 'manners read again' "$WORK/$1.log")
    printf '%s\n' "${@:2}" >"$WORK/$1.manners"
    kill -HUP "${PIDS[$1]}"
    until_true "$1 reads its manners" reread "$1" "$before"
}

mcingestd_up() { # [OPTION...]
    spawn mcingestd ingest "$BUILD/mcingestd" --downstream "$LAN" "$@"
    until_true "mcingestd starts" logged mcingestd ' ready$'
}

mcingestd_in() { # MODE [OPTION...]: waits until FRR and the daemon know each other
    printf '[dataplane]\nmode = %s\n' "$1" >"$WORK/$1.conf"
    mcingestd_up --config "$WORK/$1.conf" "${@:2}"
    until_true "FRR says Hello" neighbor_there
    until_true "FRR knows us" frr_knows_us
}

neighbor_there() { [[ $(api neighbors '.neighbors[] | select(.address == "10.0.0.2") | .interface') == "$LAN" ]]; }

# Debian's FRR has no pim6d: the access node sends PIM over IPv6 by hand.

lan_hears() { # SAMPLE [CHANGE...]
    in_node access "$PEERS/inject" up0 "tests/samples/$1.pcap" "${@:2}"
}

link_local() { # NODE INTERFACE: its link-local address, once it may be used
    in_node "$1" ip -j -6 addr show dev "$2" scope link -tentative | jq -re 'first(.[].addr_info[]?.local // empty)'
}

lan_add() { # NUMBER: a further LAN of the box, lan1 say, 10.1.0.1, whose other end is the receiver's eth1, 10.1.0.9
    ip -n "$LAB-ingest" link add "lan$1" type veth peer name "eth$1" netns "$LAB-receiver"
    ip -n "$LAB-ingest" addr add "10.$1.0.1/24" dev "lan$1"
    ip -n "$LAB-receiver" addr add "10.$1.0.9/24" dev "eth$1"
    ip -n "$LAB-ingest" link set "lan$1" up
    ip -n "$LAB-receiver" link set "eth$1" up
    until_true "lan$1 has a link-local address" link_local ingest "lan$1"
    until_true "eth$1 has a link-local address" link_local receiver "eth$1"
}

link_local_up() { # gives the box the address that the samples name
    in_node ingest ip -6 addr flush dev lan0 scope link
    in_node ingest ip -6 addr add fe80::1/64 dev lan0 nodad
}

neighbor6_there() { [[ $(api neighbors '.neighbors[] | select(.address == "fe80::2") | .interface') == lan0 ]]; }

neighbor6_up() { # The sample is our own Hello, from fe80::1. One more in the address is one less in the checksum.
    local sum
    sum=$(od -An -tx1 -j$((40 + 56)) -N2 tests/samples/pim-hello-v6.pcap | tr -d ' ')
    lan_hears pim-hello-v6 37=02 "56=$(printf %04x $((0x$sum - 1)))"
    until_true "a neighbor over IPv6" neighbor6_there
}

everything_up() { # the whole path, idle, with FRR as a neighbor in both directions
    lab_up
    relay_up
    mcingestd_up
    until_true "FRR says Hello" neighbor_there
    until_true "FRR knows us" frr_knows_us
}

knows() { in_node "$1" vtysh -c 'show ip pim neighbor' | grep -q "^ *up0 .*${2//./\\.} "; } # NODE ADDRESS: of FRR
frr_knows_us() { knows access 10.0.0.1; }
box() { # BOX 'COMMAND...' JQ: of one of several boxes
    # shellcheck disable=SC2086 # words on purpose
    in_node "$1" "$BUILD/mcingest" $2 --json | jq -r "$3"
}
box_up() { # BOX LINE...: of its configuration, where [interfaces] goes on
    printf '%s\n' '[interfaces]' 'downstream = lan0' "${@:2}" >"$WORK/box.conf"
    spawn "$1" "$1" "$BUILD/mcingestd" --config "$WORK/box.conf"
    until_true "$1 starts" logged "$1" ' ready$'
}

api() { # 'COMMAND [ARG...]' [JQ]
    box ingest "$1" "${2-.}"
}

channel() { # SOURCE GROUP [JQ]: one channel's object, or a part of it
    api channels ".channels[] | select(.source == \"$1\" and .group == \"$2\") | ${3-.}"
}

channel_is() { # SOURCE GROUP STATE
    [[ $(channel "$1" "$2" .state) == "$3" ]]
}

no_channels() { [[ $(api channels '.channels | length') == 0 ]]; }

receiver_up() { # NAME SOURCE GROUP [OPTION...]: joins, then counts in the background
    spawn "$1" receiver "$PEERS/receiver" --interface eth0 --source "$2" --group "$3" "${@:4}"
    until_true "$1 joins" logged "$1" '^joined'
}

send() { # SOURCE GROUP [OPTION...]
    in_node source "$PEERS/source" --interface eth0 --source "$1" --group "$2" "${@:3}"
}

join_both() { # NAME NAME OPTION...: receivers of two channels by two relays, which are joined then
    receiver_up "$1" 192.0.2.10 232.1.1.1 "${@:3}"
    receiver_up "$2" 198.51.100.77 233.44.15.9 "${@:3}"
    until_true "first channel joined" channel_is 192.0.2.10 232.1.1.1 joined
    until_true "second channel joined" channel_is 198.51.100.77 233.44.15.9 joined
}

send_both() { # COUNT SIZE SIZE: 1,000 packets a second on each of the two channels
    send 198.51.100.77 233.44.15.9 --rate 1000 --count "$1" --size "$3" >/dev/null &
    local sender=$!
    send 192.0.2.10 232.1.1.1 --rate 1000 --count "$1" --size "$2" >/dev/null
    wait $sender
}

interface() { # NAME ROLE KEY: of `mcingest status`
    api status ".interfaces[] | select(.name == \"$1\" and .role == \"$2\") | .$3"
}

xdp_programs() { # INTERFACE
    in_node ingest bpftool -j net show dev "$1" | jq '.[0].xdp | length'
}

xdp_redirected() { # INTERFACE: frames, of a veth
    in_node ingest ethtool -S "$1" | awk '/xdp_redirect:/ { sum += $2 } END { print sum + 0 }'
}

carries() { # WHAT SOURCE GROUP COUNT SIZE: as many packets are counted, and none is dropped
    receiver_up holder "$2" "$3" --seconds 600 # keeps the channel until its counters have been read
    receiver_up viewer "$2" "$3" --last $(($4 - 1)) --timeout 120
    until_true "$1: joined" channel_is "$2" "$3" joined
    accounts_open
    send "$2" "$3" --rate 1000 --count "$4" --size "$5" >/dev/null
    finish viewer none
    is "$1: all packets arrived, once, whole" \
        "$(summary viewer received) $(summary viewer duplicates) $(summary viewer bad_checksums) $(summary viewer bad_payload)" \
        "$4 0 0 0"
    is "$1: counted once, none of them on the slow path" \
        "$(channel "$2" "$3" '"\(.packets) \(.slow_packets)"')" "$4 0"
    is "$1: nothing was dropped" "$(api counters '.drops | map(values) | add')" 0
    accounts_close "$1: every packet has its place"
    finish holder
}

doctor() { doctor_by "$BUILD/mcingest" doctor --json "$@"; }

doctor_by() { # CMD...: that prints doctor's JSON on the box
    in_node ingest "$@" >"$WORK/doctor.json" 2>"$WORK/doctor.err"
    DOCTOR=$?
    jq -r '.checks[] | "\(.verdict) \(.check) \(.what) -> \(.cure)"' "$WORK/doctor.json" >"$WORK/doctor" 2>&1
}

finds() { # WHAT VERDICT CHECK REGEX
    grep -Eq -- "^$2 $3 .*$4" "$WORK/doctor"
    verdict $? "$1" || sed 's/^/#   /' "$WORK/doctor" "$WORK/doctor.err"
    [[ $2 != fail ]] || ((DOCTOR == 1)) || verdict 1 "$1: exit status $DOCTOR"
}

healthy() { # WHAT
    is "$1: nothing has failed" "$DOCTOR $(grep '^fail' "$WORK/doctor")" "0 "
}

# Accounts. The interface says what came by the WAN, and nft what data was put on the wire's other end and what came out of the
# LAN's: datagrams, so a fragmented one counts once. The rest is the daemon's word.

AMT='udp sport != 53 @th,64,8 0x06'
readonly AMT_DATA=("ip frag-off & 0x1fff == 0 $AMT" "ip6 nexthdr != 44 $AMT" "ip6 nexthdr 44 frag frag-off 0 $AMT")
readonly LAN_DATA=("ip daddr 224.0.1.0-239.255.255.255 ip protocol != igmp ip frag-off & 0x1fff == 0"
    "ip6 daddr ff00::/8 ip6 daddr != ff02::/16 meta l4proto udp")

wire_ends() { # of the WANs
    in_node core ls /sys/class/net | awk '{ is[$1] = 1 } END { printf "%s", is["wire0"] ? "wire0" : "ingest0"; if (is["ingest1"]) printf ", ingest1" }'
}

count_frames() { # NODE INTERFACES ingress|egress MATCH...: from now on
    in_node "$1" nft list table netdev account >/dev/null 2>&1 && return
    {
        echo "table netdev account { counter frames {}; chain frames { type filter hook $3 devices = { $2 } priority 0;"
        printf '%s counter name frames\n' "${@:4}"
        echo "}; }"
    } | in_node "$1" nft -f -
}

frames() { # NODE: counted so far
    in_node "$1" nft list counter netdev account frames | sed -n 's/.*packets \([0-9]*\) .*/\1/p'
}

came() { # by the WANs, all frames
    local wan sum=0
    for wan in $WANS; do
        sum=$((sum + $(in_node ingest cat "/sys/class/net/$wan/statistics/rx_packets")))
    done
    echo $sum
}

account_now() { # KEY=COUNT...; nothing if a frame came meanwhile
    local came
    came=$(came)
    echo "came=$came offered=$(frames core) arrived=$(frames "${LAN_END[0]}")" \
        "$(api counters '(.account | to_entries[] | "\(.key)=\(.value)"), "refused=\(.drops.lan_refused)"' | tr '\n' ' ')"
    [[ $(came) == "$came" ]]
}

account_since() { # fills SINCE
    local now entry key
    now=$(account_now) || return
    for entry in $now; do
        key=${entry%%=*}
        SINCE[$key]=$((${entry#*=} - ${BEFORE[$key]:-0}))
    done
}

account_rests() { # two looks say the same: a frame that has come may not be counted yet
    local before
    account_since || return
    before=${SINCE[*]}
    account_since && [[ ${SINCE[*]} == "$before" ]]
}

accounts_open() {
    local key
    WANS=$(api status '[.interfaces[] | select(.role == "upstream") | .name] | join(" ")')
    if ! count_frames core "$(wire_ends)" egress "${AMT_DATA[@]}" || ! count_frames "${LAN_END[@]}" ingress "${LAN_DATA[@]}"; then
        verdict 1 "nft counts frames"
        exit 1
    fi
    BEFORE=()
    until_true "a quiet moment to open the account" account_rests
    for key in "${!SINCE[@]}"; do
        BEFORE[$key]=${SINCE[$key]}
    done
}

account_closes() { # [wan|data]: of all three, of the WAN alone, or of WAN and data, where several LANs take them
    local settled
    account_since || return
    settled=$((SINCE[forwarded] + SINCE[dropped] + SINCE[unsent] + SINCE[lost] + SINCE[unread]))
    ((SINCE[came] == SINCE[passed] + settled)) || return
    [[ ${1-} == wan ]] || ((SINCE[offered] == settled)) || return
    [[ ${1-} ]] || ((SINCE[arrived] == SINCE[forwarded] - SINCE[refused]))
}

accounts_close() { # WHAT [wan|data]
    local end=$((SECONDS + PATIENCE))
    until account_closes "${2-}"; do
        if ((SECONDS > end)); then
            verdict 1 "$1"
            account_differs | sed 's/^/#   /'
            return
        fi
        sleep 0.05
    done
    verdict 0 "$1"
}

account_differs() {
    local key settled=$((SINCE[forwarded] + SINCE[dropped] + SINCE[unsent] + SINCE[lost] + SINCE[unread]))
    for key in came passed offered forwarded dropped unsent lost unread refused arrived; do
        echo "$key ${SINCE[$key]}"
    done
    echo "WAN: $((SINCE[came] - SINCE[passed] - settled)) packets are in no counter"
    echo "data: $((SINCE[offered] - settled)) packets of the wire are in no counter"
    echo "LAN: $((SINCE[forwarded] - SINCE[refused] - SINCE[arrived])) packets that went out did not arrive"
}

summary() { # NAME KEY: of a receiver that has ended
    sed -n "s/^received=/&/p" "$WORK/$1.log" | tr ' ' '\n' | sed -n "s/^$2=//p"
}
