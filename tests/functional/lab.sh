#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The lab itself: `up` twice, a partial `down`, leftovers of a killed run, two labs at once.
. "$(dirname "$0")/lib.sh"

lab_pids() { cat "/run/mcingest-lab/$LAB"/pid/* | sort | tr '\n' ' '; }
spaces() { ip netns list | grep -c "^$LAB-" || true; }

scripts/lab down
is "down: no nodes" "$(spaces)" 0
ok "down on nothing" scripts/lab down
ok "up" scripts/lab up
pids=$(lab_pids)
ok "up again" scripts/lab up
is "up again leaves what runs alone" "$(lab_pids)" "$pids"
ok "status of a whole lab" scripts/lab status
is "exec hands the exit status on" "$(in_node ingest sh -c 'exit 7' || echo $?)" 7
is "a node has its own network" "$(in_node ingest ls /sys/class/net | tr '\n' ' ')" "lan0 lo wan0 "

kill -KILL "$(cat "/run/mcingest-lab/$LAB/pid/pimd")"
ok "status of a broken lab says so" test "$(scripts/lab status >/dev/null; echo $?)" = 1
ok "up mends it" scripts/lab up
ok "and it is whole" scripts/lab status

ip netns del "$LAB-receiver"
ok "down half-way" scripts/lab down
is "nothing is left" "$(spaces)" 0

scripts/lab up &
victim=$!
sleep 0.4
kill -KILL $victim
wait $victim 2>/dev/null
ok "up after a killed up" scripts/lab up
ok "is whole" scripts/lab status

LAB=${LAB}2 scripts/lab up
ok "a second lab beside the first" env LAB="${LAB}2" scripts/lab status
LAB=${LAB}2 scripts/lab down
ok "its end leaves the first alone" scripts/lab status
scripts/lab down
finished
