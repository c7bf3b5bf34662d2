/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/admission_shown.h"
#include "channel/stop.h"

#include <stdio.h>

static enum admission_kind kind_of(unsigned number)
{
	if (number == ADMISSION_LINE_TOTAL)
		return ADMISSION_TOTAL;
	return admission_is_lan(number) ? ADMISSION_LAN : ADMISSION_POLICY;
}

uint32_t admission_interfaces(unsigned number)
{
	return admission_is_lan(number) ? admission_lan_bit(number) : CHANNEL_STOP_ALL;
}

const char *admission_why(unsigned number, bool refused)
{
	static const char *const why[][2] = {
		[ADMISSION_TOTAL] = {"stopped: all channels together are above 'rate' in [limits]",
				     "refused: the line is full: 'rate' in [limits]"},
		[ADMISSION_LAN] = {"stopped: the LAN is above its 'lan_rate' in [limits]",
				   "refused: the LAN is full: 'lan_rate' in [limits]"},
		[ADMISSION_POLICY] = {"stopped: its prefix is above its rate in [policy]",
				      "refused: its prefix is full: its rate in [policy]"},
	};

	return why[kind_of(number)][refused];
}

const char *admission_limit_name(enum admission_kind kind)
{
	static const char *const names[] = {[ADMISSION_TOTAL] = "rate",
					    [ADMISSION_LAN] = "lan_rate",
					    [ADMISSION_POLICY] = "policy"};

	return names[kind];
}

static const char *prefix_format(const struct prefix *prefix, char text[PREFIX_TEXT])
{
	char addr[ADDR_TEXT];

	snprintf(text, PREFIX_TEXT, "%s/%u", addr_format(&prefix->addr, addr), prefix->length);
	return text;
}

const char *admission_prefix_format(const struct admission_line *line, char text[PREFIX_TEXT])
{
	return line->prefix ? prefix_format(line->prefix, text) : NULL;
}

static const char *name_of(const struct admission *rates, unsigned number, char text[])
{
	const struct policies *policies = rates->options.policies;
	char prefix[PREFIX_TEXT];

	if (number == ADMISSION_LINE_TOTAL)
		return "all channels together bring";
	if (admission_is_lan(number)) {
		snprintf(text, ADMISSION_LINE_TEXT / 2, "%.*s takes", MCI_NAME,
			 rates->forward->lans[number - ADMISSION_LINE_LAN].interface);
		return text;
	}
	snprintf(text, ADMISSION_LINE_TEXT / 2, "channels of %s bring",
		 prefix_format(&policies->list[number - ADMISSION_LINE_POLICY].prefix, prefix));
	return text;
}

const char *admission_describe(const struct admission *rates, unsigned number,
			       char text[ADMISSION_LINE_TEXT])
{
	const struct line *line = &rates->lines[number];
	char name[ADMISSION_LINE_TEXT / 2];

	snprintf(text, ADMISSION_LINE_TEXT, "%s %.1f Mbit/s of %.1f", name_of(rates, number, name),
		 (double)line->used / 1e6, (double)line->limit / 1e6);
	return text;
}

static struct admission_line line_at(const struct admission *rates, unsigned number)
{
	enum admission_kind kind = kind_of(number);

	return (struct admission_line){
		.kind = kind,
		.lan = kind == ADMISSION_LAN ? number - ADMISSION_LINE_LAN : 0,
		.prefix = kind == ADMISSION_POLICY
				  ? &rates->options.policies->list[number - ADMISSION_LINE_POLICY]
					     .prefix
				  : NULL,
		.line = &rates->lines[number],
		.stopped = rates->stopped[number],
	};
}

bool admission_next_line(const struct forward *forward, unsigned *next, struct admission_line *line)
{
	const struct admission *rates = forward->rates;

	while (rates && *next < ADMISSION_LINES_MAX && !rates->lines[*next].limit)
		++*next;
	if (!rates || *next >= ADMISSION_LINES_MAX)
		return false;
	*line = line_at(rates, (*next)++);
	return true;
}

bool admission_stopped(const struct channel *channel, struct admission_stop *stop)
{
	const struct admission *rates = forward_of(channel)->rates;
	const struct rated *rated = rates ? rated_of(rates, channel) : NULL;

	if (!rated || !rated->waits)
		return false;
	*stop = (struct admission_stop){.bits = rated->had_in,
					.line = line_at(rates, rated->line),
					.since = rated->since,
					.back = rated->since + rated->hold};
	return true;
}
