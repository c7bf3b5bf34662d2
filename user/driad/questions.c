/* SPDX-License-Identifier: BSD-2-Clause */
#include "driad/questions.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <utlist.h>

void driad_ask(struct driad_lookup *lookup, const char *name, unsigned type,
	       const struct driad_relay *like)
{
	struct driad_question *question = memory_new(sizeof(*question));

	question->lookup = lookup;
	question->type = type;
	question->asked = lookup->timers->now;
	question->like = *like;
	snprintf(question->name, sizeof(question->name), "%s", name);
	lookup->questions[lookup->question_count++] = question;
	lookup->pending++;
	question->query = lookup->actions->ask(question);
}

static void ask_addresses(struct driad_lookup *lookup, const char *name,
			  const struct driad_relay *like)
{
	driad_ask(lookup, name, DNS_TYPE_AAAA, like);
	driad_ask(lookup, name, DNS_TYPE_A, like);
}

static void end_wait(struct driad_name *name)
{
	name->lookup->pending--;
	pace_cancel(&name->turn);
	DL_DELETE(name->lookup->names, name);
	free(name);
}

void driad_end_waits(struct driad_lookup *lookup)
{
	while (lookup->names)
		end_wait(lookup->names);
}

static bool turn_comes(struct pace_entry *entry)
{
	struct driad_name *name = container_of(entry, struct driad_name, turn);

	ask_addresses(name->lookup, name->name, &name->like);
	end_wait(name);
	return true;
}

static void await_turn(struct driad_lookup *lookup, const char *text,
		       const struct driad_relay *like)
{
	struct driad_name *name = memory_new(sizeof(*name));

	name->lookup = lookup;
	name->turn.turn = turn_comes;
	name->like = *like;
	snprintf(name->name, sizeof(name->name), "%s", text);
	DL_APPEND(lookup->names, name);
	lookup->pending++;
	pace_wait(lookup->pace, &name->turn, &lookup->source, false);
}

void driad_ask_name(struct driad_lookup *lookup, const char *name, const struct driad_relay *like)
{
	if (lookup->name_counts[like->way] == DRIAD_NAMES_MAX) {
		driad_reject(lookup, FAULT_LIMIT);
		return;
	}
	lookup->name_counts[like->way]++;
	if (lookup->pace && like->way == DRIAD_SOURCE)
		await_turn(lookup, name, like);
	else
		ask_addresses(lookup, name, like);
}
