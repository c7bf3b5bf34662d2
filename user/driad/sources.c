/* SPDX-License-Identifier: BSD-2-Clause */
#include "driad/sources.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/reason.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

/* A lookup under way. */
struct driad_pending {
	struct driad_lookup lookup;
	struct driad_source *source;
};

static void end_lookup(struct driad_source *source)
{
	pace_cancel(&source->turn);
	if (!source->pending)
		return;
	driad_stop(&source->pending->lookup);
	free(source->pending);
	source->pending = NULL;
}

static void release(struct driad_found *found)
{
	if (!found || --found->holders)
		return;
	free(found->detail);
	free(found);
}

static void forget(struct driad_source *source)
{
	end_lookup(source);
	timer_stop(source->table->timers, &source->timer);
	HASH_DEL(source->table->by_address, source);
	release(source->found);
	free(source);
}

static bool is_used(const struct driad_source *source)
{
	return source->waiting || source->told;
}

static bool has_answer(const struct driad_source *source)
{
	return source->found && source->end > source->table->timers->now;
}

static void tell(struct driad_source *source, struct driad_user *user)
{
	DL_APPEND(source->told, user);
	release((struct driad_found *)user->found);
	source->found->holders++;
	user->found = source->found;
	user->is_told = true;
	source->table->found(user);
}

static void tell_next(struct driad_source *source)
{
	struct driad_user *user = source->waiting;

	timer_start(source->table->timers, &source->timer, 0);
	DL_DELETE(source->waiting, user);
	tell(source, user);
}

/* A server that failed may recover at any time, whatever TTL the resolver gives to the failure. */
static bool is_failure(enum dns_status status)
{
	return dns_is_server_fault(status) || status == DNS_BOGUS;
}

static void limit_ttl(struct driad_source *source, uint32_t max)
{
	if (max < source->ttl)
		source->ttl = max;
}

static void note_ttl(const struct driad_question *question, const struct dns_answer *answer)
{
	struct driad_source *source =
		container_of(question->lookup, struct driad_pending, lookup)->source;

	if (is_failure(answer->status))
		source->failed = true;
	else
		limit_ttl(source, answer->ttl);
}

static void count_answer(const struct driad_question *question, const struct dns_answer *answer)
{
	struct driad_sources *table =
		container_of(question->lookup, struct driad_pending, lookup)->source->table;

	table->answers[question->like.way][answer->status]++;
	histogram_note(&table->answer_times, table->timers->now - question->asked);
}

static void note_answer(const struct driad_question *question, const struct dns_answer *answer)
{
	note_ttl(question, answer);
	count_answer(question, answer);
}

static bool is_among(const struct driad_relay *relay, const struct driad_found *found)
{
	for (unsigned i = 0; i < found->count; i++) {
		const struct driad_relay *other = &found->relays[i];

		if (addr_equal(&relay->address, &other->address) && relay->way == other->way &&
		    relay->precedence == other->precedence &&
		    relay->discovery_optional == other->discovery_optional)
			return true;
	}
	return false;
}

/* Whether the results are the same, in any order. */
static bool are_same(const struct driad_found *a, const struct driad_found *b)
{
	if (a->count != b->count || a->reason != b->reason ||
	    !memory_is_same_text(a->detail, b->detail))
		return false;
	for (unsigned i = 0; i < a->count; i++)
		if (!is_among(&a->relays[i], b))
			return false;
	return true;
}

/* The lookup's detail goes over to the result. */
static struct driad_found *found_by(struct driad_sources *table, struct driad_lookup *lookup)
{
	size_t size = lookup->relay_count * sizeof(lookup->relays[0]);
	struct driad_found *found = memory_new(sizeof(*found) + size);

	found->number = ++table->found_count;
	found->holders = 1;
	found->reason = lookup->reason;
	found->detail = lookup->detail;
	lookup->detail = NULL;
	found->count = lookup->relay_count;
	memcpy(found->relays, lookup->relays, size);
	return found;
}

/* All users wait to be told the new result. */
static void tell_again(struct driad_source *source)
{
	struct driad_user *user;

	DL_FOREACH (source->told, user)
		user->is_told = false;
	DL_CONCAT(source->waiting, source->told);
	source->told = NULL;
}

/* If the answer has not changed, the old result stays: its order is random, and users keep to it.
 * If DNS failed, users go on with what they have. */
static void take_answer(struct driad_source *source, struct driad_found *found)
{
	bool is_new = source->told && !source->failed;

	if (source->found && are_same(source->found, found)) {
		release(found);
		return;
	}
	release(source->found);
	source->found = found;
	if (is_new)
		tell_again(source);
}

/* Sets until when the answer holds, and when the next lookup is due. */
static void set_times(struct driad_source *source)
{
	const struct driad_sources *table = source->table;
	bool keep = HASH_COUNT(table->by_address) <= table->limit;
	unsigned renew = table->options->renew;
	uint32_t ttl;

	if (source->failed)
		limit_ttl(source, source->found->count ? DRIAD_KEEP_PART : 0);
	ttl = source->ttl > renew ? source->ttl : renew;
	source->end = table->timers->now + (keep ? source->ttl : 0) * USEC_PER_SEC;
	source->renewal = table->timers->now + ttl * USEC_PER_SEC +
			  random_between(0, ttl * (USEC_PER_SEC / 10));
}

/* Failures are said by the channels that they concern. */
static void log_lookup(const struct driad_lookup *lookup)
{
	char text[ADDR_TEXT], why[REASON_TEXT];
	const char *reason = reason_format(lookup->reason, lookup->detail, why);

	log_event(LOG_LEVEL_DEBUG, log_about(.message = LOG_LOOKUP, .source = &lookup->source),
		  "source %s: %u relays found%s%s", addr_format(&lookup->source, text),
		  lookup->relay_count, reason ? ": " : "", reason ? reason : "");
}

/* Even an answer that is not kept serves the users that wait for it now. */
static void lookup_done(struct driad_lookup *lookup)
{
	struct driad_source *source = container_of(lookup, struct driad_pending, lookup)->source;

	log_lookup(lookup);
	take_answer(source, found_by(source->table, lookup));
	set_times(source);
	end_lookup(source);
	timer_start(source->table->timers, &source->timer, 0);
}

static void look_up(struct driad_source *source)
{
	struct driad_sources *table = source->table;

	source->ttl = DRIAD_KEEP_MAX;
	source->failed = false;
	source->pending = memory_new(sizeof(*source->pending));
	source->pending->source = source;
	source->pending->lookup = (struct driad_lookup){.timers = table->timers,
							.actions = &table->actions,
							.options = table->options,
							.pace = &table->pace,
							.context = table->context,
							.source = source->address};
	driad_start(&source->pending->lookup);
}

/* If DNS need not be asked, the lookup ends within the call, and the turn costs nothing. */
static bool turn_comes(struct pace_entry *entry)
{
	struct driad_source *source = container_of(entry, struct driad_source, turn);

	look_up(source);
	return source->pending;
}

static void await_turn(struct driad_source *source, bool can_wait)
{
	pace_wait(&source->table->pace, &source->turn, &source->address, can_wait);
}

static void on_timer(struct timer *timer)
{
	struct driad_source *source = container_of(timer, struct driad_source, timer);
	usec_t now = source->table->timers->now;

	if (source->waiting)
		tell_next(source);
	else if (is_used(source) && source->renewal <= now)
		await_turn(source, source->found->count > 0);
	else if (is_used(source))
		timer_set(source->table->timers, timer, source->renewal);
	else if (has_answer(source))
		timer_set(source->table->timers, timer, source->end);
	else
		forget(source);
}

static struct driad_source *find(struct driad_sources *table, const struct addr *address)
{
	struct driad_source *source;

	HASH_FIND(hh, table->by_address, address, sizeof(*address), source);
	if (source)
		return source;
	source = memory_new(sizeof(*source));
	source->address = *address;
	source->table = table;
	source->timer.fn = on_timer;
	source->turn.turn = turn_comes;
	HASH_ADD(hh, table->by_address, address, sizeof(source->address), source);
	return source;
}

/* A source without users is kept while its answer holds, and is not looked up again. */
static void retire(struct driad_source *source)
{
	if (!has_answer(source)) {
		forget(source);
		return;
	}
	end_lookup(source);
	timer_set(source->table->timers, &source->timer, source->end);
}

void driad_sources_init(struct driad_sources *sources)
{
	sources->actions.answered = note_answer;
	sources->actions.done = lookup_done;
	sources->pace.timers = sources->timers;
}

void driad_sources_want(struct driad_sources *sources, const struct addr *address,
			struct driad_user *user)
{
	struct driad_source *source;

	driad_sources_leave(user);
	source = find(sources, address);
	user->source = source;
	if (has_answer(source)) {
		tell(source, user);
		return;
	}
	/* While other users are being told, the result is the same for this one. */
	if (!source->waiting && !source->pending) {
		timer_stop(sources->timers, &source->timer); /* this lookup is the next one */
		await_turn(source, false);
	}
	DL_APPEND(source->waiting, user);
}

void driad_sources_leave(struct driad_user *user)
{
	struct driad_source *source = user->source;

	if (!source)
		return;
	if (user->is_told)
		DL_DELETE(source->told, user);
	else
		DL_DELETE(source->waiting, user);
	release((struct driad_found *)user->found);
	user->source = NULL;
	user->found = NULL;
	user->is_told = false;
	if (!is_used(source))
		retire(source);
}

bool driad_sources_waits(const struct driad_user *user)
{
	return user->source && user->source->turn.network;
}

static usec_t sooner(usec_t moment, usec_t time)
{
	return moment > time ? moment - time : 0;
}

void driad_sources_age(struct driad_sources *sources, usec_t time)
{
	struct driad_source *source;

	for (source = sources->by_address; source; source = source->hh.next) {
		source->end = sooner(source->end, time);
		source->renewal = sooner(source->renewal, time);
		if (source->timer.slot)
			timer_set(sources->timers, &source->timer,
				  sooner(timer_due(sources->timers, &source->timer), time));
	}
}

void driad_sources_free(struct driad_sources *sources)
{
	struct driad_source *source, *next;

	HASH_ITER (hh, sources->by_address, source, next)
		forget(source);
	pace_free(&sources->pace);
}
