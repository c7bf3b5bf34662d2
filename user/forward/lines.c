/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/lines.h"

unsigned line_rank(unsigned lans, unsigned priority)
{
	if (lans > LINE_LANS_MAX)
		lans = LINE_LANS_MAX;
	return lans * (PRIORITY_MAX + 1) + priority;
}

void line_add(struct line *line, unsigned rank, int64_t bits)
{
	line->used += bits;
	line->by_rank[rank] += bits;
}

static int64_t below(const struct line *line, unsigned rank)
{
	int64_t bits = 0;

	for (unsigned i = 0; i < rank; i++)
		bits += line->by_rank[i];
	return bits;
}

int64_t line_target(const struct line *line, int64_t bits)
{
	return line->limit / 10 * 9 - bits;
}

bool line_look(struct line *line, usec_t now)
{
	if (!line->limit)
		return false;
	line->over = line->used > line->limit ? line->over + 1 : 0;
	if (line->used >= line_target(line, 0))
		line->busy = now;
	line->full = line->over || (line->full && now - line->busy < LINE_CALM);
	return line->over >= LINE_LOOKS;
}

bool line_admits(const struct line *line, unsigned rank)
{
	return !line->full || below(line, rank);
}

bool line_has_room(const struct line *line, unsigned rank, int64_t bits)
{
	return !line->limit || line->used - below(line, rank) <= line_target(line, bits);
}
