# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
#
# What the watchers and samples say: a table, a plot, and the verdict.

SLOPE_MAX=1 # KiB a minute

# FAULT START SINCE_OTHER SINCE_ONLY END BOUND_OTHER BOUND_ONLY and the watchers' gaps -> one line a fault: name, bound, the longest
# time until channels received, packets lost, and what was too late or not allowed.
faults_with_gaps() {
    cat "$WORK"/gaps-lan?.log >"$OUT/gaps"
    awk -v pattern="^($ONLY_ONE|$ONLY_TWO)$" -v strict="${SOAK_STRICT-0}" '
        FNR == NR { n++; name[n] = $1; start[n] = $2; other[n] = $3; only[n] = $4; bound_other[n] = $6; bound_only[n] = $7; next }
        $1 == "twice" { for (i = n; i > 1 && start[i] > $4 + 0.1;) i--; doubled[i]++ }
        $1 == "gap" {
            for (i = n; i > 1 && start[i] > $5 + 0.1;) i--
            if ($2 ~ pattern) { since = only[i]; bound = bound_only[i] } else { since = other[i]; bound = bound_other[i] }
            took = $5 - since; if (took < 0) took = 0
            if (took > longest[i]) longest[i] = took
            lost[i] += $6
            if (bound != "-" && (bound == 0 || strict && took > bound)) wrong[i] = wrong[i] sprintf("; (%s,%s) %.1f s without, until %.1f s after", $2, $3, $5 - $4, $5 - since)
        }
        END { for (i = 1; i <= n; i++) printf "%s %.3f %s %s %.1f %d %d %s\n", name[i], start[i], bound_other[i], bound_only[i], longest[i], lost[i], doubled[i], wrong[i] }
    ' "$OUT/faults" "$OUT/gaps" >"$OUT/faults.judged"
}

table() {
    awk '
        BEGIN { printf "%-16s %5s %9s %9s %7s %7s\n", "FAULT", "TIMES", "PROMISED", "LONGEST", "LOST", "TWICE" }
        $1 == "end" { next }
        !($1 in times) { order[++n] = $1 }
        { times[$1]++; promised[$1] = $3 == $4 ? $3 : $3 "/" $4; if ($5 > longest[$1]) longest[$1] = $5; lost[$1] += $6; twice[$1] += $7 }
        END { for (i = 1; i <= n; i++) { f = order[i]; printf "%-16s %5d %7s s %7.1f s %7d %7d\n", f, times[f], promised[f], longest[f], lost[f], twice[f] } }
    ' "$OUT/faults.judged" | tee "$OUT/table" | sed 's/^/# /'
}

# In the time in which the process was one: minutes, slope of the RSS in KiB a minute, least and most of RSS, descriptors, threads;
# and how often sizes were taken
growth() {
    awk '
        FNR == NR { if (!($1 in limit)) limit[$1] = $2; next }
        $1 > limit["from"] && $1 < limit["to"] {
            n++; x = ($1 - limit["from"]) / 60; y = $2
            sx += x; sy += y; sxx += x * x; sxy += x * y
            for (i = 2; i <= 4; i++) { if (n == 1 || $i < least[i]) least[i] = $i; if ($i > most[i]) most[i] = $i }
        }
        END {
            if (n < 3) exit 1
            printf "%.1f %.2f %d %d %d %d %d %d %d\n", x, (n * sxy - sx * sy) / (n * sxx - sx * sx),
                least[2], most[2], least[3], most[3], least[4], most[4], n
        }' "$OUT/judged" "$1"
}

judge_growth() {
    local minutes slope least most fd_least fd_most threads_least threads_most samples
    [[ -e $OUT/judged ]] || return
    read -r minutes slope least most fd_least fd_most threads_least threads_most samples < <(growth "$OUT/samples")
    echo "# RSS in $minutes minutes of one process: $slope KiB a minute; $least to $most KiB, $samples looks; descriptors $fd_least to $fd_most, threads $threads_least to $threads_most"
    [[ ${SOAK_STRICT-} ]] || return
    ok "RSS grows by less than $SLOPE_MAX KiB a minute: $slope" awk -v slope="$slope" -v most=$SLOPE_MAX 'BEGIN { exit !(slope < most) }'
}

# At rest, descriptors, threads and timers are always as many
sizes_at_rest() { awk '{ print $3, $4, $5 }' "$OUT/rests" | sort -u; }

report() {
    local wrong
    faults_with_gaps
    table
    wrong=$(awk '{ if ($8) print }' "$OUT/faults.judged")
    is "no packet is lost but where that is promised, and each comes back in time" "$wrong" ""
    is "no packet comes twice" "$(awk '{ sum += $7 } END { print sum + 0 }' "$OUT/faults.judged")" 0
    is "the watchers saw every packet" "$(grep -ho 'overrun=.*' "$WORK"/gaps-lan?.log | sort -u)" "overrun=0"
    is "at rest there are always as many descriptors, threads and timers" "$(sizes_at_rest | wc -l)" 1
    judge_growth
    awk -f tests/soak/plot.awk "$OUT/faults.judged" "$OUT/gaps" "$OUT/samples" >"$OUT/soak.svg"
    ok "the plot: $OUT/soak.svg" grep -q '</svg>' "$OUT/soak.svg"
}
