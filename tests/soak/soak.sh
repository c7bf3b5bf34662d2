#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Hours of a bad network in SOAK_MINUTES (30): two PIM routers of ours join and leave 50 channels a second, FRR and plain hosts
# want others, and one fault follows the other. After each fault every wanted channel receives again within the time that
# user/share/doc/operate.md promises, and where no packet may be lost none is. Now and then all comes to rest: then every channel
# has its place, every packet is accounted for, and the maps say what the daemon says. At the end the state is that of a daemon
# that has just been started, and the daemon has not grown.
#
#   SOAK_MINUTES    how long, looks at rest not included (30). With 1 each kind of fault that `make check` has time for comes once
#   SOAK_STRICT     1: the promised times decide, and the daemon must not have grown; as `make soak` has it, on a machine of its
#                   own. Without it no clock decides
#
#   SOAK_FAULTS     only these, once, and then at rest; as "restart mtu"
#
# What it prints last is a table of the faults; build/soak (SOAK_OUT) has the plot (soak.svg), and what it was made of.
. "$(dirname "${BASH_SOURCE[0]}")/../functional/lib.sh"
for part in world faults looks state report; do
    # shellcheck source=/dev/null
    . "tests/soak/$part.sh"
done

SOAK_MINUTES=${SOAK_MINUTES:-30}
OUT=${SOAK_OUT:-build/soak}
# The daemon's process is a new one after a fault of the first list. Its size is judged in between. A silent relay that speaks again
# sends to tunnels that are gone, which is the stack's: there the account closes at the WAN alone.
REPLACED=(relay_killed restart relay_anew crash disk relay_killed hand_over relay_mute memory reload)
KEPT_WAN=(relay_killed dns_late relay_silent wan_flap relay_anew wan_address relay_mute wan_flap)
KEPT=(relay_killed no_buffers relay_anew lan_flap_router relay_anew dns_wrong relay_mute log
    relay_killed mtu relay_anew lan_flap_hosts relay_killed dns_servfail relay_mute mode)
KEPT_TOOLS=(tools_lan relay_killed tools_wan relay_silent lan_flap_frr)
SHORT=(relay_killed restart lan_flap_router crash no_buffers disk mtu reload relay_mute)
SHORT_WAN=(wan_flap tools_lan wan_address log)

minutes_left() { # NUMBER: so many, and more, are left
    ((${EPOCHREALTIME%[.,]*} + $1 * 60 < ENDS))
}

leg() { # ACCOUNT FAULT...: and all at rest after them
    local fault
    churn
    for fault in "${@:2}"; do
        inflict "$fault"
        [[ $SOAK_MINUTES == 1 || ${SOAK_FAULTS-} ]] || next_slot
    done
    look_at_rest "$1"
}

world_up
samples_start
ENDS=$((${EPOCHREALTIME%[.,]*} + SOAK_MINUTES * 60))
if [[ ${SOAK_FAULTS-} ]]; then
    # shellcheck disable=SC2086 # words on purpose
    leg data $SOAK_FAULTS
elif ((SOAK_MINUTES == 1)); then
    leg data "${SHORT[@]}"
    leg wan "${SHORT_WAN[@]}"
else
    leg data "${REPLACED[@]}"
    judged from
    while minutes_left 6; do
        leg data "${KEPT[@]}"
        ! minutes_left 6 || leg wan "${KEPT_WAN[@]}"
        ! minutes_left 6 || leg none "${KEPT_TOOLS[@]}"
    done
    judged to
    leg data "${REPLACED[@]}"
fi
compare_with_fresh_daemon
samples_stop
world_down
report
finished
