# SPDX-License-Identifier: BSD-2-Clause
# awk -f plot.awk FAULTS GAPS SAMPLES: an SVG of three panels over the minutes, RSS, joins a second, and gaps in the data by their
# length, with a line at each fault. FAULTS: name, time; GAPS: gap S G FROM TO LOST; SAMPLES: time, RSS in KiB, ..., joins the
# seventh.

function x(time) { return LEFT + (time - first) / (last - first) * WIDTH }
function y(panel, value, most) { return TOP + panel * (HEIGHT + SPACE) + HEIGHT - (most ? value / most : 0) * HEIGHT }
function text(at_x, at_y, anchor, words) {
    printf "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n", at_x, at_y, anchor, words
}
function line(x1, y1, x2, y2, kind) {
    printf "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>\n", x1, y1, x2, y2, kind
}
function frame(panel, title, most, unit) {
    line(LEFT, y(panel, 0, 1), LEFT + WIDTH, y(panel, 0, 1), "axis")
    line(LEFT, y(panel, 0, 1), LEFT, y(panel, 1, 1), "axis")
    text(LEFT - 6, y(panel, 1, 1) + 10, "end", sprintf("%.4g %s", most, unit))
    text(LEFT - 6, y(panel, 0, 1), "end", "0")
    text(LEFT, y(panel, 1, 1) - 6, "start", title)
}
function ceiling(value) { return value ? value * 1.1 : 1 }

BEGIN { LEFT = 90; WIDTH = 1080; HEIGHT = 150; SPACE = 40; TOP = 40 }

FNR == 1 { file++ }
file == 1 { fault[++faults] = $1; fault_at[faults] = $2 }
file == 2 && $1 == "gap" { from[++gaps] = $4; long[gaps] = $5 - $4; if (long[gaps] > longest) longest = long[gaps] }
file == 3 {
    at[++n] = $1; rss[n] = $2
    if (rss[n] > rss_most) rss_most = rss[n]
    rate[n] = n > 1 && at[n] > at[n - 1] ? ($7 - joins) / (at[n] - at[n - 1]) : 0
    if (rate[n] > rate_most) rate_most = rate[n]
    joins = $7
}

END {
    first = at[1]; last = at[n]
    if (n < 2) exit 1
    bottom = TOP + 3 * (HEIGHT + SPACE)
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"11\">\n", LEFT + WIDTH + 20, bottom + 90
    print "<style>.axis{stroke:#333}.fault{stroke:#ddd}.gap{stroke:#c33;stroke-width:2}polyline{fill:none;stroke:#247}</style>"
    print "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>"
    for (i = 1; i <= faults; i++) {
        line(x(fault_at[i]), TOP, x(fault_at[i]), bottom - SPACE, "fault")
        printf "<text transform=\"translate(%.1f,%d) rotate(60)\" font-size=\"8\">%s</text>\n", x(fault_at[i]) - 2, bottom - SPACE + 18, fault[i]
    }
    frame(0, "RSS of the daemon", ceiling(rss_most), "KiB")
    frame(1, "joins a second", ceiling(rate_most), "")
    frame(2, "gaps in a channel's data, seconds", ceiling(longest), "s")
    for (panel = 0; panel < 2; panel++) {
        printf "<polyline points=\""
        for (i = 1; i <= n; i++) printf "%.1f,%.1f ", x(at[i]), panel ? y(1, rate[i], ceiling(rate_most)) : y(0, rss[i], ceiling(rss_most))
        print "\"/>"
    }
    for (i = 1; i <= gaps; i++) line(x(from[i]), y(2, 0, 1), x(from[i]), y(2, long[i], ceiling(longest)), "gap")
    step = last - first > 600 ? 300 : 60
    for (i = 0; i <= last - first; i += step) text(x(first + i), bottom - SPACE + 14, "middle", sprintf("%d min", i / 60))
    print "</svg>"
}
