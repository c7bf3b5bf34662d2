#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The status page in a real browser, by its document: what each hop says, the channels and their pages, keys, themes; and
# what HTTP gives to whom.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/functional/browser.sh
. tests/functional/browser.sh

CONF=$WORK/page.conf
PAGE=http://127.0.0.1:9268

get() { # PATH [CURL-OPTION...]: the body; the head goes to $WORK/head
    in_node ingest curl -s -D "$WORK/head" "${@:2}" "$PAGE$1"
}
status_of() { # PATH [CURL-OPTION...]
    in_node ingest curl -s -o /dev/null -w '%{http_code}' "${@:2}" "$PAGE$1"
}
hop() { # NAME: its verdict
    js "document.querySelector('#path .$1').classList[2]"
}
hop_is() { [[ $(hop "$1") == "$2" ]]; }
text() { # SELECTOR
    js "(document.querySelector('$1') || {textContent: 'none'}).textContent"
}
text_has() { # SELECTOR REGEX
    [[ $(text "$1") =~ $2 ]]
}
shows() { # WHAT SELECTOR REGEX
    until_true "$1" text_has "$2" "$3"
    verdict 0 "$1"
}
rows() { js 'document.querySelectorAll("#list tbody tr").length'; }
rows_are() { [[ $(rows) == "$1" ]]; }
write_conf() { # LINE...: of [metrics]
    printf '[interfaces]\ndownstream = %s\n[channels]\nfile = %s\n[metrics]\nlisten = yes\n' "$LAN" "$WORK/joins" >"$CONF"
    printf '%s\n' "$@" >>"$CONF"
}

lab_up
relay_up
: >"$WORK/joins"
write_conf 'names = box.example.net'
spawn mcingestd ingest "$BUILD/mcingestd" --config "$CONF"
until_true "mcingestd starts" logged mcingestd ' ready$'
until_true "FRR says Hello" neighbor_there
until_true "FRR knows us" frr_knows_us

# HTTP
get / >"$WORK/page.html"
is "the page is that of the tree" "$(cksum <"$WORK/page.html")" "$(cksum <user/share/page/page.html)"
like "it may load nothing of others" "$(cat "$WORK/head")" "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self';"
ok "nor does it name anything of others" eval '! grep -nE "(src|href|url\()[=\"'"'"']*(https?:)?//" user/share/page/page.*'
is "the script" "$(get /page.js | cksum)" "$(cksum <user/share/page/page.js)"
is "the same JSON as the command's" "$(get /api/interfaces | jq -S 'del(.. | .next_hello_s?, .next_query_s?)')" "$(api interfaces | jq -S 'del(.. | .next_hello_s?, .next_query_s?)')"
for path in status neighbors counters tunnels channels joins rates doctor; do
    ok "/api/$path is an object" eval "get /api/$path | jq -e 'type == \"object\"'"
done
is "nothing else" "$(status_of /api/restart) $(status_of /../etc/passwd --path-as-is)" "404 404"
is "nothing can be changed" "$(status_of /api/status -X POST -d x) $(status_of / -X DELETE)" "405 405"
is "a foreign name is refused" "$(status_of / -H 'Host: evil.example:9268') $(status_of /api/status -H 'Host: evil.example')" "421 421"
is "names of the configuration, addresses and localhost are not" \
    "$(status_of / -H 'Host: Box.Example.Net:9268') $(status_of / -H 'Host: [::1]:9268') $(status_of / -H 'Host: localhost')" "200 200 200"
is "Prometheus asks by any name" "$(status_of /metrics -H 'Host: evil.example')" 200

# A box that nobody uses
browser_up ingest
window 1500 1000
open_page "$PAGE/"
until_true "the page looks" js_is 'Number(document.body.dataset.looks) > 0' true
is "nothing is asked of DNS, no source sends" "$(hop dns) $(hop source) $(hop relay)" "unknown unknown unknown"
is "the box and its LAN work" "$(hop box) $(hop lan)" "ok ok"
shows "no channel" '#none' 'has joined a channel'

# Two channels, one of them with data, and one that fails
receiver_up viewer 192.0.2.10 232.1.1.1 --seconds 600
receiver_up quiet 198.51.100.77 233.44.15.9 --seconds 600
receiver_up nobody 192.0.2.30 232.1.1.1 --seconds 600
spawn flow source "$PEERS/source" --interface eth0 --source 192.0.2.10 --group 232.1.1.1 --rate 100 --count 60000 --size 100
until_true "receiving" channel_is 192.0.2.10 232.1.1.1 receiving
until_true "joined" channel_is 198.51.100.77 233.44.15.9 joined
until_true "failed" channel_is 192.0.2.30 232.1.1.1 failed
until_true "three channels" rows_are 3
shows "the failed one is the first" '#list tbody tr' 'failed192.0.2.30232.1.1.1'
shows "with its reason" '#list tbody td.reason' '^AMTRELAY says that the source has no relay$'
shows "rates" '#list tbody tr:nth-child(2)' 'receiving192.0.2.10232.1.1.1203.0.113.15lan0[0-9.]+ kb/s'
until_true "the hop of the failed one" hop_is dns warn
ok "the hop that it has not passed says so" text_has '#path .dns .say' 'has failed: AMTRELAY says'
is "the others work" "$(hop relay) $(hop tunnel) $(hop box) $(hop lan) $(hop router)" "ok ok ok ok ok"
shows "the doctor's word, and what to do" '#findings' 'has failed: AMTRELAY says.*mcingest doctor 192.0.2.30 232.1.1.1'
shows "the head sums it up" '#verdict' 'to look at'
shows "the joins, the latest first" '#joins li' '192.0.2.30, 232.1.1.1.*failed'
shows "and how long one took" '#joins li:last-child .time' '^[0-9.]+ (ms|s)$'
is "in steps" "$(js '[...document.querySelectorAll("#joins li:last-child .bars i")].map(bar => bar.className).filter(name => name !== "update-step").join(" ")')" "dns-step tunnel-step packet-step"
shows "relays" '#relays tbody' '203.0.113.15up1.*ms'
shows "rates of the last quarter of an hour" '#rates-text' 'now [0-9.]+ kb/s, [0-9.]+ packets/s'

# Drops
in_node source "$PEERS/source" --interface eth0 --source 192.0.2.10 --group 232.1.1.1 --rate 100 --count 50 --size 100 --ttl 2 >/dev/null
shows "drops by reason" '#drops' 'ttl[0-9]+, now'

# By keyboard
press /
is "/ goes to the filter" "$(js 'document.activeElement.id')" filter
for key in 2 3 3 .; do
    press "$key"
done
until_true "it filters" rows_are 1
is "what passes stays" "$(js 'document.querySelector("#list tbody tr").key')" "198.51.100.77 233.44.15.9"
press Escape
until_true "Escape shows all again" rows_are 3
js 'document.querySelector("[data-order=source]").click()' >/dev/null
until_true "another order" eval '[[ $(js "[...document.querySelectorAll(\"#list tbody tr\")].map(row => row.key.split(\" \")[0]).join()") == 192.0.2.30,192.0.2.10,198.51.100.77 ]]'
is "is said to who listens" "$(js 'document.querySelector("[data-order=source]").closest("th").getAttribute("aria-sort")')" ascending
js 'document.querySelector("#list tbody tr").focus()' >/dev/null
press ArrowDown
is "arrows go through the list" "$(js 'document.activeElement.key')" "192.0.2.10 232.1.1.1"
press Enter
until_true "Enter shows one" js_is 'document.getElementById("detail").open' true
shows "who keeps it" '#detail' 'router 10.0.0.2, join'
press Escape
until_true "Escape closes it" js_is 'document.getElementById("detail").open' false
is "and the list has the keys again" "$(js 'document.activeElement.tagName')" TR

# Themes, motion, small screens
colour() { js "getComputedStyle(document.body).backgroundColor"; }
emulate prefers-color-scheme=light
light=$(colour)
emulate prefers-color-scheme=dark
ok "dark where the system is dark" test "$light" != "$(colour)"
press t
is "t overrules the system" "$(js 'document.documentElement.dataset.theme') $(colour)" "light $light"
emulate prefers-reduced-motion=reduce
is "nothing moves where nothing shall" "$(js '[...document.querySelectorAll("*")].filter(one => getComputedStyle(one).animationName !== "none").length')" 0
window 360 800
ok "it fits a telephone" js_is 'document.documentElement.scrollWidth <= 360' true
window 1500 1000

# Many channels: pages of them
for ((i = 0; i < 2000; i++)); do
    echo "192.0.2.10,232.7.$((i / 250)).$((i % 250))"
done >"$WORK/joins.new"
cp "$WORK/joins.new" "$WORK/joins"
until_true "2,003 channels" text_has '#place' '^1 to 50 of 2,003$'
is "a page has 50" "$(rows)" 50
js 'document.getElementById("first").focus()' >/dev/null
press n
shows "n is the next page" '#place' '^51 to 100 of 2,003$'
js 'view.offset = 2000; turn()' >/dev/null
shows "the last page" '#place' '^2,001 to 2,003 of 2,003$'
is "has the rest" "$(rows)" 3
press p
shows "p is the page before" '#place' '^1,951 to 2,000 of 2,003$'
: >"$WORK/joins"

# A daemon that goes away, and comes back
until_true "three channels again" eval '[[ $(api status ".channels | add") == 3 ]]'
finish mcingestd
shows "a box that does not answer" '#lost' '^The box does not answer.*What is shown is of '
shows "in the head as well" '#verdict' 'No answer'
write_conf
spawn mcingestd ingest "$BUILD/mcingestd" --config "$CONF"
until_true "mcingestd starts again" logged mcingestd ' ready$'
until_true "the page goes on" js_is 'document.getElementById("lost").hidden' true
is "nothing went wrong in the script" "$(grep -c 'Uncaught\|Refused to' "$WORK/browser.log")" 0
browser_down
finish mcingestd
verdict $? "mcingestd ends well" || true

# Without the page
write_conf 'page = no'
spawn mcingestd ingest "$BUILD/mcingestd" --config "$CONF"
until_true "mcingestd starts without a page" logged mcingestd ' ready$'
is "there are the metrics alone" "$(status_of /) $(status_of /api/status) $(status_of /metrics)" "404 404 200"
finish mcingestd
verdict $? "mcingestd ends well" || true
finished
