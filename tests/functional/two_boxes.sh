#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Two boxes on one LAN are asked for the same channel by different routers. Both forward it, notice each other, and settle by
# Assert which one continues. When that box dies, the other one continues. Then the routers spread channels over both boxes
# by ECMP; one box dies, and all channels come from the other. At last, hosts on the LAN are asked by one box, which is drained.
export LAB_BOXES=2
. "$(dirname "$0")/lib.sh"

HELLOS=('[pim]' 'hello = 1') # every second, so that routers notice the end of a box in four

box_dies() { # NODE: with all that the kernel would do for it
    in_node "$1" ip link set lan0 down
    in_node "$1" ip link set wan0 down
    finish "$1" KILL
}
all_know_all() {
    local router
    for router in access access2; do
        knows $router 10.0.0.1 && knows $router 10.0.0.4 || return 1
    done
    [[ $(box ingest neighbors '[.neighbors[].address] | contains(["10.0.0.2", "10.0.0.3", "10.0.0.4"])') == true ]]
}
goes_by() { in_node "$1" ip route replace default "${@:2}"; }
assert_of() { # NODE: on channel 232.1.1.1
    box "$1" channels '.channels[] | select(.group == "232.1.1.1") | .asserts | map(.state + " " + .winner) | join(",")'
}
assert_is() { [[ $(assert_of "$1") == "$2" ]]; }
watch() { # NAME INTERFACE GROUP [OPTION...]
    spawn "$1" receiver "$PEERS/receiver" --interface "$2" --source 192.0.2.10 --group "$3" "${@:4}"
    until_true "$1 joins" logged "$1" '^joined'
}
receiving() { box "$1" channels '[.channels[] | select(.state == "receiving" and (.group | startswith("232.2.2."))) | .group] | length'; }
source_up() { # GROUP
    spawn "sender-$1" source "$PEERS/source" --interface eth0 --source 192.0.2.10 --group "$1" --rate 100 --count 20000 --size 100
}

lab_up
relay_up
box_up ingest "${HELLOS[@]}"
box_up ingest2 "${HELLOS[@]}"
goes_by access via 10.0.0.1
goes_by access2 via 10.0.0.4
until_true "all know each other" all_know_all

source_up 232.1.1.1
watch one eth0 232.1.1.1 --seconds 600
watch two eth1 232.1.1.1 --seconds 600
until_true "one has data" logged one '^first packet'
until_true "two has data" logged two '^first packet'
until_true "the first box loses" assert_is ingest "loser 10.0.0.4"
until_true "the second box wins" assert_is ingest2 "winner 10.0.0.4"
ok "one box wins the Assert, by its address, the other loses" true
watch later eth0 232.1.1.1 --count 300 --timeout 120
finish later none
is "and no packet is doubled then" "$(summary later received) $(summary later duplicates) $(summary later missing)" "300 0 0"
is "the loser keeps its place at the relay" "$(box ingest channels '.channels[0].state')" receiving

watch during eth0 232.1.1.1 --count 600 --timeout 120
until_true "data comes" logged during '^first packet'
box ingest2 drain .draining >/dev/null
until_true "the box that is drained loses" assert_is ingest2 "loser 10.0.0.1"
finish during none
is "a box is drained: the other one forwards, and no packet is lost" \
    "$(summary during received) $(summary during missing)" "600 0"
knows_not() { ! knows "$1" "$2"; }
until_true "it says goodbye" knows_not access 10.0.0.4
is "health knows" "$(box ingest2 health '"\(.healthy) \(.reasons[-1])"')" "false the box is being drained"
box ingest2 'drain --end' .draining >/dev/null
until_true "all know each other again" all_know_all
ok "and it can be taken back" true

goes_by access2 via 10.0.0.1 # what a tracked route or a routing protocol does
box_dies ingest2
alone() { [[ $(assert_of ingest) != loser* ]]; }
until_true "the Assert is over" alone
watch after eth1 232.1.1.1 --count 300 --timeout 120
finish after none
is "the other box forwards again" "$(summary after received) $(summary after duplicates)" "300 0"
finish one INT
finish two INT

in_node ingest2 ip link set lan0 up
in_node ingest2 ip link set wan0 up
in_node ingest2 ip route replace default via 100.64.9.1
box_up ingest2 "${HELLOS[@]}"
in_node access vtysh -c 'configure terminal' -c 'ip pim ecmp' -c 'ip pim ecmp rebalance'
goes_by access nexthop via 10.0.0.1 nexthop via 10.0.0.4
until_true "all know each other again" all_know_all
for ((n = 1; n <= 8; n++)); do
    source_up "232.2.2.$n"
    watch "viewer$n" eth0 "232.2.2.$n" --seconds 600
done
until_true "all are received" eval '(($(receiving ingest) + $(receiving ingest2) == 8))'
ok "ECMP spreads the channels over both" test "$(receiving ingest)" -gt 0 -a "$(receiving ingest2)" -gt 0
box_dies ingest2
goes_by access via 10.0.0.1 # FRR drops a next hop with its route, not with its PIM neighbor
until_true "the first box has all" eval '(($(receiving ingest) == 8))'
ok "one dies: the other has all channels" true
for ((n = 1; n <= 8; n++)); do
    finish "viewer$n" INT
done
finish ingest

# Both ask hosts; the one with the lower address is querier
querier() { # NODE: IGMP's and MLD's
    box "$1" interfaces '.interfaces[] | select(.name == "lan0" and .role == "downstream") | "\(.igmp.querier) \(.mld.querier)"'
}
querier_is() { [[ $(querier "$1") == "$2" ]]; }
membership() { # NODE KEY: of IGMP's counters or itself
    box "$1" interfaces ".interfaces[] | select(.name == \"lan0\" and .role == \"downstream\") | .igmp.$2"
}
in_node ingest2 ip link set lan0 up
in_node ingest2 ip link set wan0 up
in_node ingest2 ip route replace default via 100.64.9.1
for box in ingest ingest2; do
    in_node $box ip -6 addr flush dev lan0 scope link
done
in_node ingest ip -6 addr add fe80::1/64 dev lan0 nodad
in_node ingest2 ip -6 addr add fe80::4/64 dev lan0 nodad
box_up ingest2 'igmp = lan0' "${HELLOS[@]}"
box_up ingest 'igmp = lan0' "${HELLOS[@]}"
until_true "the lower address is querier" querier_is ingest "true true"
until_true "the other one knows" querier_is ingest2 "false false"
source_up 232.3.3.3
host_up() { spawn "$1" access "$PEERS/receiver" --interface up0 --source 192.0.2.10 --group 232.3.3.3 "${@:2}"; }
host_up host --seconds 600
wants() { box "$1" channels '.channels[] | select(.group == "232.3.3.3") | [.wanted[].by] | join(" ")'; }
has_membership() { [[ $(wants "$1") == igmp ]]; }
until_true "the host's membership is known" has_membership ingest
until_true "to both" has_membership ingest2
until_true "the host has data" logged host '^first packet'
host_up drained --count 3000 --timeout 120
until_true "data comes" logged drained '^first packet'
answers=$(membership ingest2 counters.reports_received)
box ingest drain .draining >/dev/null
until_true "the other box asks" querier_is ingest2 "true true"
until_true "the drained one does not" querier_is ingest "false false"
answered() { (($(membership ingest2 counters.reports_received) > answers + 1)); }
until_true "the host answers it" answered
is "the querier is drained: the other box asks, and knows the host" "$(wants ingest2) $(membership ingest address)" "igmp 10.0.0.4"
box_dies ingest
finish drained none
is "and no packet is lost" "$(summary drained received) $(summary drained missing)" "3000 0"
host_up last --count 300 --timeout 120
finish last none
is "it forwards alone" "$(summary last received) $(summary last missing)" "300 0"
finished
