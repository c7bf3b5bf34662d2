#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# mcingest doctor asks each DNS server by its address, and tells what is wrong with it. The servers are one named behind
# several addresses of core, each of which loses something of its own.
. "$(dirname "$0")/lib.sh"

state=/run/mcingest-lab/$LAB
config() { # SERVER...
    printf '[interfaces]\ndownstream = lan0\nupstream = wan0\n[dns]\nserver = %s\n' "$*" >"$WORK/conf"
}

lab_up
for n in 54 55 56 57 58 59; do
    ip -n "$LAB-core" addr add 100.64.0.$n/32 dev lo
done
# A DNS message begins 64 bits behind the UDP header's begin: ARCOUNT at 144; with the name of 192.0.2.10, its type at 360.
in_node core nft -f - <<'END'
table ip broken {
    chain lossy {
        type filter hook prerouting priority -400;
        ip daddr 100.64.0.54 drop
        ip daddr 100.64.0.55 udp dport 53 @th,144,16 1 drop
        ip daddr 100.64.0.56 tcp dport 53 drop
        ip daddr 100.64.0.57 udp dport 53 drop
        ip daddr 100.64.0.58 udp dport 53 @th,360,16 260 drop
        ip daddr 100.64.0.58 tcp dport 53 drop
    }
    chain server {
        type nat hook prerouting priority dstnat;
        ip daddr { 100.64.0.55, 100.64.0.56, 100.64.0.57, 100.64.0.58 } dnat to 100.64.0.53
    }
}
END
in_node ingest ip -6 route add unreachable 2001:db8:54::1
config 100.64.0.53 100.64.0.54 100.64.0.55 100.64.0.56 100.64.0.57 100.64.0.58 100.64.0.59 2001:db8:54::1
doctor --config "$WORK/conf" 192.0.2.10 232.1.1.1
finds "a good server" ok resolvers '100.64.0.53 answers in [0-9]+ ms, by UDP and TCP'
finds "a silent one" fail resolvers '100.64.0.54 does not answer, by UDP nor TCP'
finds "one that is silent to EDNS" fail resolvers '100.64.0.55 is silent if a question has EDNS'
finds "no TCP" warn resolvers '100.64.0.56 answers in [0-9]+ ms, but not by TCP -> let TCP port 53 through'
finds "no UDP" fail resolvers '100.64.0.57 answers by TCP, but not by UDP'
finds "no type 260" fail resolvers '100.64.0.58 is silent to AMTRELAY \(type 260\), and answers other types'
finds "nobody listens" fail resolvers '100.64.0.59 refuses: nobody listens on its port \(ICMP\)'
finds "no route" fail resolvers 'no route to 2001:db8:54::1'

# What a server says
cat >>"$state/etc/bind/named.conf" <<'END'
zone "10.in-addr.arpa" { type primary; file "/etc/bind/zones/10"; };
END
# shellcheck disable=SC2016 # $TTL is for named
printf '$TTL 60\n@ SOA ns. root. 1 60 60 60 60\n@ NS ns.\n' >"$state/etc/bind/zones/10"
kill -HUP "$(cat "$state/pid/named")"
config 100.64.0.53
local_zone_there() { in_node ingest dig +short @100.64.0.53 10.in-addr.arpa soa | grep -q '^ns\.'; }
until_true "named has its zone" local_zone_there
doctor --config "$WORK/conf" 10.5.5.5 232.1.1.1
finds "a private zone that the server answers by itself" warn resolvers '100.64.0.53 answers for 10.in-addr.arpa. by itself'
doctor --config "$WORK/conf" 198.18.8.10 232.1.1.1
finds "SERVFAIL" fail resolvers '100.64.0.53 answers SERVFAIL to 10.8.18.198.in-addr.arpa.'
sed -i 's/recursion yes;/recursion yes; allow-query { !100.64.7.2; any; };/' "$state/etc/bind/named.conf"
kill -HUP "$(cat "$state/pid/named")"
refuses() { in_node ingest dig @100.64.0.53 example.net | grep -q 'status: REFUSED'; }
until_true "named refuses" refuses
doctor --config "$WORK/conf" 192.0.2.10 232.1.1.1
finds "REFUSED" fail resolvers '100.64.0.53 answers REFUSED -> allow this host there'

# Our own firewall
in_node ingest nft -f - <<'END'
table inet own {
    chain output {
        type filter hook output priority 0;
        udp dport 53 drop
        tcp dport 53 drop
    }
}
END
doctor --config "$WORK/conf" 192.0.2.10 232.1.1.1
finds "a firewall of this host" fail resolvers '100.64.0.53 is not asked: a firewall of this host drops what we send'
in_node ingest nft delete table inet own

# DNSSEC's clock
printf '. IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D\n' >"$WORK/anchor"
printf 'trust_anchor = %s\n' "$WORK/anchor" >>"$WORK/conf"
doctor --config "$WORK/conf" 192.0.2.10 232.1.1.1
ok "with DNSSEC, the clock is looked at" grep -q 'clock .*synchronized' "$WORK/doctor"
finished
