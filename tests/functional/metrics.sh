#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The metrics: Prometheus itself finds nothing wrong with their format, scrapes them from the box, and has the values that
# the commands show. The alerts come when they should, and they and the dashboard name no metric that is not there.
. "$(dirname "$0")/lib.sh"

PROMETHEUS=build/debian/prometheus/usr/bin
CONF=$WORK/metrics.conf

http() { # PORT PATH [METHOD]: the answer's body; the head goes to $WORK/head
    # shellcheck disable=SC2016 # the parameters are those of the inner shell
    in_node ingest bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$1" && printf "%s %s HTTP/1.0\r\n\r\n" "$3" "$2" >&3 && cat <&3' \
        sh "$1" "$2" "${3-GET}" >"$WORK/answer"
    sed '/^\r$/q' "$WORK/answer" >"$WORK/head"
    sed '1,/^\r$/d' "$WORK/answer"
}
scrape() { http 9268 /metrics >"$WORK/metrics"; }
metric() { # SERIES: its value now
    scrape
    awk -v series="$1" 'index($0, series " ") == 1 { print substr($0, length(series) + 2) }' "$WORK/metrics"
}
metric_is() { # SERIES VALUE
    [[ $(metric "$1") == "$2" ]]
}
query() { # EXPRESSION: what Prometheus has of it, one value a line
    http 9090 "/api/v1/query?query=$(jq -rn --arg q "$1" '$q | @uri')" | jq -r '.data.result[].value[1]'
}
query_is() { # EXPRESSION VALUE
    [[ $(query "$1") == "$2" ]]
}
rules_are() { # HEALTH: of all rules
    [[ $(http 9090 /api/v1/rules | jq -r '[.data.groups[].rules[].health] | unique | join(" ")') == "$1" ]]
}
unknown_names() { # FILE: names of metrics in it that the daemon does not have
    grep -ohE '\b(mcingest|process)_[a-z_]+' "$1" | sed -E 's/_(bucket|sum|count)$//' | sort -u |
        comm -23 - <(sed -n 's/^# TYPE \([^ ]*\) .*/\1/p' "$WORK/metrics" | sort -u)
}
configure() { # LINE...: of [metrics]
    printf '[interfaces]\ndownstream = %s\n[metrics]\n' "$LAN" >"$CONF"
    printf '%s\n' "$@" >>"$CONF"
}

ok "the alerts come when they should" "$PROMETHEUS/promtool" test rules tests/functional/alerts.yml

lab_up
relay_up
configure 'listen = yes' 'channels = 2'
spawn mcingestd ingest "$BUILD/mcingestd" --config "$CONF"
until_true "mcingestd starts" logged mcingestd ' ready$'
until_true "FRR says Hello" neighbor_there
until_true "FRR knows us" frr_knows_us
receiver_up viewer 192.0.2.10 232.1.1.1 --seconds 600
receiver_up quiet 192.0.2.10 232.1.1.2 --seconds 600
receiver_up nobody 192.0.2.30 232.1.1.1 --seconds 600
until_true "joined" channel_is 192.0.2.10 232.1.1.1 joined
until_true "joined" channel_is 192.0.2.10 232.1.1.2 joined
until_true "failed" channel_is 192.0.2.30 232.1.1.1 failed
send 192.0.2.10 232.1.1.1 --rate 1000 --count 1000 --size 100 >/dev/null
until_true "all packets are in the totals" metric_is 'mcingest_forwarded_packets_total{interface="lan0"}' 1000

# As Prometheus's own tools see it
is "promtool has no complaint" "$("$PROMETHEUS/promtool" check metrics <"$WORK/metrics" 2>&1)" ""
like "the format is named" "$(cat "$WORK/head")" 'Content-Type: text/plain; version=0\.0\.4'
is "the dashboard names metrics that there are" "$(unknown_names user/share/mcingest-dashboard.json)" ""
is "the alerts name metrics that there are" "$(unknown_names user/share/mcingest-alerts.yml)" ""
is "the manual names metrics that there are" "$(unknown_names user/share/doc/metrics.md)" ""
is "and all of them" "$(sed -n 's/^# TYPE \(mcingest[^ ]*\) .*/\1/p' "$WORK/metrics" | grep -vFf <(grep -oE '\bmcingest_[a-z_]+' user/share/doc/metrics.md))" ""

# As the commands have it
is "bytes" "$(metric 'mcingest_forwarded_bytes_total{interface="lan0"}')" "$(channel 192.0.2.10 232.1.1.1 .bytes)"
is "of the channel" "$(metric 'mcingest_channel_packets_total{source="192.0.2.10",group="232.1.1.1"}')" 1000
is "the two busiest channels have series" "$(grep -c '^mcingest_channel_bytes_total' "$WORK/metrics")" 2
is "joins" "$(metric 'mcingest_joins_total{interface="lan0",family="ipv4"}')" 3
is "times of joins" "$(metric 'mcingest_join_duration_seconds_count{step="update"}')" 2
is "times to the first packet" "$(metric 'mcingest_join_duration_seconds_count{step="first_packet"}')" 1
like "failures" "$(metric 'mcingest_channel_failures_total{reason="AMTRELAY says that the source has no relay"}')" '^[1-9]'
is "neighbors" "$(metric 'mcingest_pim_neighbors{interface="lan0",family="ipv4"}')" 1
is "how packets are taken" "$(metric "mcingest_dataplane_mode{interface=\"wan0\",role=\"upstream\",mode=\"$(interface wan0 upstream mode)\"}")" 1
is "the tunnel" "$(metric 'mcingest_tunnel_channels{relay="203.0.113.15"}')" 2
ok "its last Query came since the daemon started" jq -ne "$(metric 'mcingest_tunnel_last_query_timestamp_seconds{relay="203.0.113.15"}') |
    . > $(metric mcingest_start_time_seconds) and . < now + 1"

# A real Prometheus
cat >"$WORK/prometheus.yml" <<END
global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
rule_files: [$PWD/user/share/mcingest-alerts.yml]
scrape_configs:
  - {job_name: mcingest, static_configs: [{targets: ["127.0.0.1:9268"]}]}
END
spawn prometheus ingest "$PROMETHEUS/prometheus" --config.file="$WORK/prometheus.yml" --storage.tsdb.path="$WORK/tsdb" \
    --web.listen-address=127.0.0.1:9090
until_true "Prometheus scrapes the box" query_is 'up{job="mcingest"}' 1
until_true "Prometheus has the counters" query_is 'mcingest_forwarded_packets_total{interface="lan0"}' 1000
ok "Prometheus scrapes the box, and has the counters" true
is "and the histogram" "$(query 'sum(mcingest_join_duration_seconds_bucket{step="update",le="+Inf"})')" 2
until_true "all rules were evaluated" rules_are ok
ok "Prometheus takes the rules" true
finish prometheus

# What else is asked for
http 9268 /etc/passwd >/dev/null
like "other paths are not there" "$(head -1 "$WORK/head")" ' 404 '
http 9268 /metrics POST >/dev/null
like "nothing can be changed" "$(head -1 "$WORK/head")" ' 405 '

# A reload with a mistake, and one without
before=$(metric mcingest_start_time_seconds)
configure 'listen = everywhere'
kill -HUP "${PIDS[mcingestd]}"
until_true "a reload with a mistake shows" metric_is mcingest_config_last_reload_successful 0
configure 'listen = 127.0.0.1:9268'
kill -HUP "${PIDS[mcingestd]}"
until_true "a reload shows" metric_is mcingest_config_last_reload_successful 1
ok "the daemon has started anew" jq -ne "$(metric mcingest_start_time_seconds) > $before"
is "no channel has series of its own" "$(grep -c '^mcingest_channel_bytes_total' "$WORK/metrics")" 0
finish mcingestd
verdict $? "mcingestd ends well" || true

# An address that cannot be had
configure 'listen = 192.0.2.99'
spawn mcingestd ingest "$BUILD/mcingestd" --config "$CONF"
until_true "mcingestd starts without metrics" logged mcingestd ' ready$'
log_says "and says why" mcingestd 'no metrics: cannot listen on 192\.0\.2\.99 port 9268: Cannot assign requested address'
finish mcingestd
verdict $? "mcingestd ends well" || true
finished
