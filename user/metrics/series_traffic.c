/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/log.h"
#include "forward/admission_shown.h"
#include "metrics/series.h"

static void add_forwarded(struct exposition *out, const struct requests *rooms)
{
	const struct totals *totals = &rooms->forward->totals;
	const struct lans *lans = rooms->lans;

	exposition_family(out, "mcingest_forwarded_packets_total", EXPOSITION_COUNTER,
			  "Packets of channels that were sent to a LAN.");
	for (unsigned i = 0; i < lans->count; i++)
		exposition_count(out, totals->lans[i].packets, "interface", lans->list[i].link.name,
				 NULL);
	exposition_family(out, "mcingest_forwarded_bytes_total", EXPOSITION_COUNTER,
			  "Bytes of the inner IP packets that were sent to a LAN.");
	for (unsigned i = 0; i < lans->count; i++)
		exposition_count(out, totals->lans[i].bytes, "interface", lans->list[i].link.name,
				 NULL);
}

/* Counters that cannot be read are not shown: zeros would be a lie. */
static bool can_read(const struct requests *rooms, int error)
{
	if (error)
		log_warning("metrics: %s", rooms->actions->error(rooms->dataplane));
	return !error;
}

static void add_drops(struct exposition *out, const struct requests *rooms)
{
	uint64_t drops[MCI_DROP_COUNT] = {0};

	if (!can_read(rooms, rooms->actions->drops(rooms->dataplane, drops)))
		return;
	exposition_family(out, "mcingest_dropped_packets_total", EXPOSITION_COUNTER,
			  "Packets to our tunnels that did not reach a LAN, by the reasons of "
			  "`mcingest counters`; observe_* are control messages of a LAN.");
	for (int reason = 0; reason < MCI_DROP_COUNT; reason++)
		exposition_count(out, drops[reason] + rooms->forward->slow.drops[reason], "reason",
				 dataplane_drop_name(reason), NULL);
}

static void add_slow(struct exposition *out, const struct requests *rooms)
{
	struct dataplane_left left = {0};

	exposition_family(out, "mcingest_slow_path_packets_total", EXPOSITION_COUNTER,
			  "Packets that the daemon itself has forwarded.");
	exposition_count(out, rooms->forward->slow.forwarded.packets, NULL);
	if (!can_read(rooms, rooms->actions->left(rooms->dataplane, &left)))
		return;
	exposition_family(out, "mcingest_slow_path_arrivals_total", EXPOSITION_COUNTER,
			  "Packets that the programs have left to the daemon, by cause; of "
			  "fragments the first one.");
	for (int cause = 0; cause < MCI_SLOW_COUNT; cause++)
		exposition_count(out, left.slow[cause], "cause", dataplane_slow_name(cause), NULL);
}

static void add_line(struct exposition *out, const struct requests *rooms,
		     const struct admission_line *line, double value)
{
	const char *name =
		line->kind == ADMISSION_LAN ? rooms->lans->list[line->lan].link.name : "";
	char text[PREFIX_TEXT];
	const char *prefix = admission_prefix_format(line, text);

	exposition_value(out, value, "limit", admission_limit_name(line->kind), "interface", name,
			 "prefix", prefix ? prefix : "", NULL);
}

static double limit_of(const struct admission_line *line)
{
	return (double)line->line->limit;
}

static double used_of(const struct admission_line *line)
{
	return (double)line->line->used;
}

static double stopped_of(const struct admission_line *line)
{
	return line->stopped;
}

static const struct {
	const char *name, *help;
	double (*value)(const struct admission_line *line);
} rate_families[] = {
	{"mcingest_rate_limit_bits_per_second",
	 "What channels may bring together: 'rate' and 'lan_rate' in [limits], and [policy].",
	 limit_of},
	{"mcingest_rate_bits_per_second", "What they bring, of a line that has a limit.", used_of},
	{"mcingest_rate_stopped_channels",
	 "Channels that are stopped or refused, because the line has no room for them.",
	 stopped_of},
};

static void add_rates(struct exposition *out, const struct requests *rooms)
{
	for (size_t i = 0; i < sizeof(rate_families) / sizeof(rate_families[0]); i++) {
		struct admission_line line;
		unsigned next = 0;

		exposition_family(out, rate_families[i].name, EXPOSITION_GAUGE,
				  rate_families[i].help);
		while (admission_next_line(rooms->forward, &next, &line))
			add_line(out, rooms, &line, rate_families[i].value(&line));
	}
}

void series_traffic(struct exposition *out, const struct series_source *from)
{
	add_forwarded(out, from->rooms);
	add_drops(out, from->rooms);
	add_slow(out, from->rooms);
	add_rates(out, from->rooms);
	exposition_family(out, "mcingest_rtp_lost_packets_total", EXPOSITION_COUNTER,
			  "Packets of all channels that were lost before us, by their RTP sequence "
			  "numbers.");
	exposition_count(out, from->rooms->forward->totals.rtp_lost, NULL);
}
