#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The manuals, and what is shipped beside the programs: each command, option and key stands in its manual, the completion
# knows them, and the ruleset for a firewall lets the whole path through.
. "$(dirname "$0")/lib.sh"

words() { "$BUILD/$1" --help | grep -oE "$2" | tr -d ' ' | sort -u; }
each_in() { # WHAT PAGE PATTERN: each word on stdin, put in place of %, stands in the page
    local word missing=
    while read -r word; do
        grep -qE -e "${3//%/$word}" "user/share/man/$2.md" || missing+=" $word"
    done
    is "$1 in $2" "$missing" ""
}
completions() { # LINE: what bash offers for its last word
    bash -c '. user/share/mcingest.bash
        read -ra words <<<"$1"; _mcingest "$2" "${words[-1]}" "${words[-2]}"; printf "%s\n" "${COMPREPLY[@]}"' - "$1" "$BUILD/${1%% *}"
}

each_in "each command" mcingest.8 '^\*\*%\*\*' < <(words mcingest '^  [a-z]+ ')
each_in "an example of each command" mcingest.8 '^    .*mcingest %( |$)' < <(words mcingest '^  [a-z]+ ')
each_in "each option" mcingest.8 '^\*\*%\*\*|, \*\*%\*\*' < <(words mcingest '^  --[a-z-]+')
each_in "each option" mcingestd.8 '^\*\*%\*\*|, \*\*%\*\*' < <(words mcingestd '^  --[a-z-]+')
for page in user/share/man/*.md; do
    page=$(basename "$page" .md)
    like "$page can be found" "$(lexgrog "build/man/$page" 2>&1)" "\"${page%.*} - "
done
is "mcingest.conf(5) has a key" "$(man -l build/man/mcingest.conf.5 2>/dev/null | grep -c 'network_discoveries (default: 20)')" 1

is "a command is completed" "$(completions 'mcingest cha')" channels
is "an option is completed" "$(completions 'mcingestd --downs')" --downstream
is "an interface is completed" "$(completions 'mcingestd --downstream l')" lo

# The firewall: the ruleset as it is shipped, with the lab's interfaces. FRR's Join, DNS, the relay and its data pass.
lab_up
sed 's/= eth0/= wan0/; s/= eth1/= lan0/' user/share/doc/mcingest.nft >"$WORK/nft"
in_node ingest nft -f "$WORK/nft"
everything_up
is "the firewall stands" "$(in_node ingest nft list chain inet mcingest input | grep -c 'policy drop')" 1
receiver_up viewer 192.0.2.10 232.1.1.1 --count 20 --seconds 600
until_true "joined" channel_is 192.0.2.10 232.1.1.1 joined
send 192.0.2.10 232.1.1.1 --rate 100 --count 20 --size 100 >/dev/null
finish viewer none
verdict $? "20 packets come through the firewall" || true

# One host that is gateway and receiver (coming-from.md).
finish mcingestd
verdict $? "mcingestd ends well" || true
ok "a host makes itself a LAN of its own" in_node ingest scripts/local-lan up
in_node ingest nft delete table inet mcingest
LAN=mc0
mcingestd_up --igmp mc0
spawn own ingest "$PEERS/receiver" --interface mc1 --source 192.0.2.10 --group 232.1.1.2 --count 20 --seconds 600
until_true "joined" channel_is 192.0.2.10 232.1.1.2 joined
send 192.0.2.10 232.1.1.2 --rate 100 --count 20 --size 100 >/dev/null
finish own none
verdict $? "20 packets come to the host's own receiver" || true

finish mcingestd
verdict $? "mcingestd ends well" || true
finished
