#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# mcingest doctor asks relays by itself, and watches the WAN meanwhile: it tells a firewall of this box from one on the way,
# and names who sends ICMP errors. Both families, with and without a daemon.
. "$(dirname "$0")/lib.sh"

lab_up
relay_up
in_node core sysctl -qw net.ipv4.icmp_ratemask=0 net.ipv6.icmp.ratelimit=0 # each question gets its ICMP
in_node core nft -f - <<'END'
table inet strict {
    chain forward {
        type filter hook forward priority 0;
        ip daddr 203.0.113.77 reject with icmp admin-prohibited
    }
}
END
in_node ingest ip route add 203.0.113.79 via 10.0.0.2
in_node ingest nft -f - <<'END'
table inet own {
    chain input {
        type filter hook input priority 0;
        ip saddr 203.0.113.16 udp sport 2268 drop
        ip6 saddr 2001:db8:15::16 udp sport 2268 drop
    }
    chain output {
        type filter hook output priority 0;
        ip daddr 203.0.113.78 udp dport 2268 drop
    }
}
END
cat >"$WORK/conf" <<'END'
[interfaces]
downstream = lan0
upstream = wan0
[relays]
warm = 203.0.113.15 203.0.113.16 203.0.113.99 203.0.113.1 203.0.113.77 203.0.113.78 203.0.113.79
warm = 2001:db8:15::15 2001:db8:15::16 2001:db8:15::99 2001:db8:15::1
END

judge() { # WITH-OR-WITHOUT
    doctor --config "$WORK/conf"
    finds "$1: behind a firewall of this box" fail relays '203.0.113.16 answers Discovery on the wire, but a firewall of this host drops it -> nft insert rule inet filter input udp sport 2268 accept'
    finds "$1: the same, IPv6" fail relays '2001:db8:15::16 answers Discovery on the wire, but a firewall'
    finds "$1: a dead relay" fail relays '203.0.113.99 does not answer Discovery -> let UDP port 2268 through'
    finds "$1: the same, IPv6" fail relays '2001:db8:15::99 does not answer Discovery'
    finds "$1: no relay there" fail relays '203.0.113.1 answers by ICMP port unreachable -> no relay runs there'
    finds "$1: the same, IPv6" fail relays '2001:db8:15::1 answers by ICMP port unreachable'
    finds "$1: a router that refuses" fail relays '203.0.113.77: the router 100.64.7.1 answers by ICMP administratively prohibited'
    finds "$1: a firewall of this box, on the way out" fail relays 'a firewall of this host drops what we send to 203.0.113.78 -> nft insert rule inet filter output'
    finds "$1: the route leads to the LAN" fail routes 'the route to relay 203.0.113.79 leaves by lan0, which is no WAN'
}

judge "without a daemon"
finds "without a daemon: a relay that works" ok relays '203.0.113.15 answers Discovery in [0-9]+ ms'
finds "without a daemon: the same, IPv6" ok relays '2001:db8:15::15 answers Discovery in [0-9]+ ms'

mcingestd_up --config "$WORK/conf"
held() { (($(api tunnels '.held_down | length') > 0)); }
until_true "a relay is held down" held
judge "with a daemon"
finds "with a daemon: held down, and why" warn held-down '[0-9a-f.:]+ is held down for [0-9]+ s.*: relay .*-> once it works: mcingest lift [0-9a-f]'
flaps() { (($(api tunnels '[.held_down[].failures] | max') > 1)); }
until_true "a relay has failed again" flaps
doctor
finds "with a daemon: one that fails again and again" warn held-down 'is held down for [0-9]+ s \(failed [0-9]+ times in a row\): relay '

# One channel, whose only relay is behind the firewall: the walk ends there
has_begun() { channel_is 192.0.2.10 232.1.1.1 connecting; }
in_node ingest nft add rule inet own input ip saddr 203.0.113.15 udp sport 2268 drop
finish mcingestd
mcingestd_up
until_true "FRR says Hello" neighbor_there
until_true "FRR knows us" frr_knows_us
receiver_up viewer 192.0.2.10 232.1.1.1 --seconds 600
until_true "the channel has begun" has_begun
doctor 192.0.2.10 232.1.1.1
finds "one channel: DNS has its relay" ok lookup '192.0.2.10 has 1 relay, first 203.0.113.15'
finds "one channel: the firewall" fail relays '203.0.113.15 answers Discovery on the wire, but a firewall of this host drops it'
is "one channel: the walk ends there" "$(tail -n 1 "$WORK/doctor" | cut -d ' ' -f 1,2)" "fail relays"
finished
