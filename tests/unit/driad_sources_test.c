/* SPDX-License-Identifier: BSD-2-Clause */
/* One lookup of a source for all its users, and how long its answer holds. The test answers for
 * DNS.
 */
#include "driad/sources.h"
#include "virtual_time.h"

#include <criterion/criterion.h>
#include <stdio.h>

#define USERS 4

static const struct dns_record relay = {(const uint8_t[]){10, 0x01, 203, 0, 113, 15}, 6};

static const struct driad_options options = {.ways = {DRIAD_SOURCE}, .way_count = 1, .renew = 60};
static struct timers timers;
static struct driad_sources sources;
static struct driad_user users[USERS];
static struct driad_question *question;
static unsigned asked, cancelled, found, relays;
static const char *reason;

static void *on_ask(struct driad_question *of)
{
	asked++;
	return question = of;
}

static void on_cancel(void *query)
{
	cr_assert_not_null(query);
	cancelled++;
}

static void on_refused(struct driad_lookup *of, enum fault fault)
{
	(void)of;
	cr_assert_fail("%s", fault_name(fault));
}

static void on_found(struct driad_user *user)
{
	found++;
	relays = user->found->count;
	reason = user->found->reason;
}

static void begin(void)
{
	timers = (struct timers){.now = 1000};
	sources = (struct driad_sources){
		.timers = &timers,
		.actions = {.ask = on_ask, .cancel = on_cancel, .refused = on_refused},
		.options = &options,
		.limit = 2,
		.found = on_found};
	driad_sources_init(&sources);
}

static void end(void)
{
	for (unsigned i = 0; i < USERS; i++)
		driad_sources_leave(&users[i]);
	driad_sources_free(&sources);
	timers_free(&timers);
}

TestSuite(driad_sources, .init = begin, .fini = end);

static void want(unsigned user, const char *source)
{
	struct addr address;

	addr_parse(source, &address);
	driad_sources_want(&sources, &address, &users[user]);
	run_for(&timers, 0);
}

static void answer(enum dns_status status, uint32_t ttl)
{
	struct dns_answer answer = {.status = status, .ttl = ttl, .count = 1, .records = &relay};

	driad_answer(question, &answer);
	run_for(&timers, 0);
}

Test(driad_sources, all_who_ask_share_one_lookup)
{
	want(0, "192.0.2.10");
	want(1, "192.0.2.10");
	want(2, "192.0.2.10");
	cr_expect_eq(asked, 1);
	answer(DNS_OK, 0);
	cr_expect_eq(found, 3);
	cr_expect_eq(relays, 1);
	want(3, "192.0.2.11");
	cr_expect_eq(asked, 2, "another source has a lookup of its own");
}

Test(driad_sources, lookups_begin_one_by_one)
{
	struct addr address;

	for (unsigned i = 0; i < USERS; i++) {
		addr_parse((const char *[]){"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"}[i],
			   &address);
		driad_sources_want(&sources, &address, &users[i]);
	}
	driad_sources_leave(&users[3]);
	cr_expect_eq(asked, 0);
	for (unsigned i = 1; i < USERS; i++) {
		cr_assert(timers_run_one(&timers, timers.now));
		cr_expect_eq(asked, i);
	}
	run_for(&timers, 0);
	cr_expect_eq(asked, USERS - 1, "the last is wanted no longer");
}

Test(driad_sources, an_answer_serves_as_long_as_its_ttl)
{
	want(0, "192.0.2.10");
	answer(DNS_OK, 60);
	run_for(&timers, 59);
	want(1, "192.0.2.10");
	cr_expect_eq(found, 2, "at once");
	cr_expect_eq(asked, 1);
	run_for(&timers, 1);
	want(1, "192.0.2.10");
	cr_expect_eq(asked, 2);
	answer(DNS_OK, 60);
	cr_expect_eq(found, 3);
}

Test(driad_sources, what_a_user_was_told_stays_until_it_is_told_something_else)
{
	const struct driad_found *told;

	want(0, "192.0.2.10");
	answer(DNS_OK, 10);
	told = users[0].found;
	run_for(&timers, 11);
	want(1, "192.0.2.10");
	cr_expect_eq(users[0].found, told);
	answer(DNS_SERVER_FAILURE, 0);
	cr_expect_eq(found, 2, "a failure is for those who wait");
	cr_expect_eq(users[0].found, told);
	cr_expect_eq(users[0].found->count, 1);
	cr_expect_eq(users[1].found->count, 0);
	cr_expect_eq(users[0].source, users[1].source);
}

Test(driad_sources, a_source_with_users_is_looked_up_again)
{
	want(0, "192.0.2.10");
	want(1, "192.0.2.10");
	answer(DNS_OK, 300);
	run_for(&timers, 300);
	cr_expect_eq(asked, 1);
	run_for(&timers, 30);
	cr_expect_eq(asked, 2, "a tenth later at most");
	answer(DNS_OK, 300);
	cr_expect_eq(found, 2, "the same relays: nobody is told");
	run_for(&timers, 330);
	cr_expect_eq(asked, 3);
	answer(DNS_NAME_ERROR, 300);
	cr_expect_eq(found, 4, "they are gone: both are told");
	cr_expect_eq(users[0].found->count, 0);
	cr_expect_eq(users[0].found, users[1].found);
}

Test(driad_sources, not_more_often_than_every_minute)
{
	want(0, "192.0.2.10");
	answer(DNS_OK, 1);
	run_for(&timers, (usec_t)options.renew - 1);
	cr_expect_eq(asked, 1);
	run_for(&timers, (usec_t)options.renew / 10 + 1);
	cr_expect_eq(asked, 2);
}

/* The time for the next lookup comes while one is under way for a new user. */
Test(driad_sources, there_is_one_lookup_at_a_time)
{
	want(0, "192.0.2.10");
	answer(DNS_OK, 1);
	run_for(&timers, options.renew - 1);
	want(1, "192.0.2.10");
	cr_assert_eq(asked, 2);
	run_for(&timers, options.renew);
	cr_expect_eq(asked, 2);
	cr_expect_eq(found, 1, "nobody is told what was known before");
	answer(DNS_OK, 1);
	cr_expect_eq(found, 2);
	run_for(&timers, 1.1 * options.renew);
	cr_expect_eq(asked, 3);
}

Test(driad_sources, who_leaves_before_being_told_again_is_not_told)
{
	struct dns_answer none = {.status = DNS_NAME_ERROR, .ttl = 300};

	want(0, "192.0.2.10");
	want(1, "192.0.2.10");
	answer(DNS_OK, 300);
	run_for(&timers, 330);
	driad_answer(question, &none);
	driad_sources_leave(&users[0]);
	run_for(&timers, 1);
	cr_expect_eq(found, 3);
	cr_expect_eq(users[1].found->count, 0);
}

Test(driad_sources, a_source_goes_with_its_last_user_and_its_answer)
{
	want(0, "192.0.2.10");
	answer(DNS_OK, 60);
	driad_sources_leave(&users[0]);
	run_for(&timers, 59);
	cr_expect_eq(HASH_COUNT(sources.by_address), 1);
	run_for(&timers, 1);
	cr_expect_eq(HASH_COUNT(sources.by_address), 0);
	want(0, "192.0.2.10");
	answer(DNS_OK, 60);
	run_for(&timers, 61);
	cr_expect_eq(HASH_COUNT(sources.by_address), 1);
	driad_sources_leave(&users[0]);
	cr_expect_eq(HASH_COUNT(sources.by_address), 0);
	cr_expect_eq(timers.count, 0);
}

Test(driad_sources, no_answer_is_kept_for_longer_than_an_hour)
{
	want(0, "192.0.2.10");
	answer(DNS_OK, 86400);
	run_for(&timers, DRIAD_KEEP_MAX);
	want(1, "192.0.2.10");
	cr_expect_eq(asked, 2);
}

Test(driad_sources, that_there_is_none_is_kept_as_well)
{
	want(0, "192.0.2.10");
	answer(DNS_NAME_ERROR, 30);
	cr_expect_str_eq(reason, "no AMTRELAY record for the source");
	run_for(&timers, 29);
	reason = NULL;
	want(1, "192.0.2.10");
	cr_expect_str_eq(reason, "no AMTRELAY record for the source");
	cr_expect_eq(asked, 1);
}

Test(driad_sources, a_failure_is_not_kept)
{
	static const enum dns_status failures[] = {DNS_TIMEOUT, DNS_SERVER_FAILURE, DNS_BOGUS};

	for (unsigned i = 0; i < 3; i++) {
		want(0, "192.0.2.10");
		cr_expect_eq(asked, i + 1);
		answer(failures[i], 5);
		cr_expect_eq(found, i + 1);
	}
}

Test(driad_sources, a_ttl_of_0_is_an_answer_all_the_same)
{
	want(0, "192.0.2.10");
	answer(DNS_OK, 0);
	run_for(&timers, 66);
	cr_expect_eq(asked, 2);
	answer(DNS_NAME_ERROR, 0);
	cr_expect_eq(found, 2, "told that they are gone");
}

/* One of the ways has no DNS server. */
Test(driad_sources, what_the_others_have_found_is_kept_for_a_moment)
{
	static const struct driad_options both = {.ways = {DRIAD_DNS_SD, DRIAD_SOURCE},
						  .way_count = 2,
						  .domain = "example.",
						  .renew = 60};
	struct dns_answer no = {.status = DNS_SERVER_FAILURE},
			  yes = {.status = DNS_OK, .ttl = 300, .count = 1, .records = &relay};
	struct driad_question *first;

	sources.options = &both;
	want(0, "192.0.2.10");
	run_for(&timers, 0);
	cr_assert_eq(asked, 2);
	first = question->lookup->questions[0];
	driad_answer(first, &no);
	driad_answer(question, &yes);
	run_for(&timers, DRIAD_KEEP_PART - 1);
	want(1, "192.0.2.10");
	cr_expect_eq(found, 2);
	cr_expect_eq(users[1].found->count, 1);
	cr_expect_eq(asked, 2);
	run_for(&timers, 2);
	want(2, "192.0.2.10");
	run_for(&timers, 0);
	cr_expect_eq(asked, 4);
}

Test(driad_sources, a_lookup_ends_with_the_last_who_waits)
{
	want(0, "192.0.2.10");
	want(1, "192.0.2.10");
	driad_sources_leave(&users[0]);
	cr_expect_eq(cancelled, 0);
	driad_sources_leave(&users[1]);
	cr_expect_eq(cancelled, 1);
	driad_sources_leave(&users[1]);
	cr_expect_eq(cancelled, 1);
	cr_expect_eq(found, 0);
}

Test(driad_sources, who_leaves_before_being_told_is_not_told)
{
	struct dns_answer answer = {.status = DNS_OK, .ttl = 60, .count = 1, .records = &relay};

	want(0, "192.0.2.10");
	driad_answer(question, &answer);
	driad_sources_leave(&users[0]);
	run_for(&timers, 1);
	cr_expect_eq(found, 0);
	want(0, "192.0.2.10");
	cr_expect_eq(found, 1, "but the answer is there");
	cr_expect_eq(asked, 1);
}

Test(driad_sources, no_more_answers_are_kept_than_the_limit)
{
	for (unsigned i = 0; i < 3; i++) {
		want(0, (const char *[]){"192.0.2.1", "192.0.2.2", "192.0.2.3"}[i]);
		answer(DNS_OK, 60);
	}
	want(0, "192.0.2.2");
	cr_expect_eq(asked, 3);
	want(0, "192.0.2.3");
	cr_expect_eq(asked, 4, "the third was not kept");
}

/* Turns: `flood` sources, one network after another, without any answer. */

static struct driad_user flood[400];

static void want_many(unsigned count, unsigned networks)
{
	struct addr address;
	char text[ADDR_TEXT];

	for (unsigned i = 0; i < count; i++) {
		snprintf(text, sizeof(text), "10.0.%u.%u", i % networks, 1 + i / networks);
		addr_parse(text, &address);
		driad_sources_want(&sources, &address, &flood[i]);
	}
}

static void leave_many(void)
{
	for (unsigned i = 0; i < 400; i++)
		driad_sources_leave(&flood[i]);
}

Test(driad_sources, lookups_have_a_rate_in_all_and_of_one_network)
{
	sources.pace.rate = 100;
	sources.pace.share = 20;
	want_many(200, 1);
	run_for(&timers, 2);
	cr_expect_eq(asked, 60);
	want_many(400, 100);
	run_for(&timers, 1);
	cr_expect(asked >= 150 && asked <= 170, "%u", asked);
	leave_many();
	cr_expect_eq(sources.pace.waiting, 0);
}

Test(driad_sources, one_beside_a_flood_is_looked_up)
{
	struct driad_question *last;

	sources.pace.rate = 100;
	sources.pace.share = 20;
	want_many(400, 16);
	run_for(&timers, 0.2);
	want(0, "192.0.2.10");
	cr_expect(driad_sources_waits(&users[0]));
	last = question;
	while (driad_sources_waits(&users[0]) && timers.now < 10 * USEC_PER_SEC)
		run_for(&timers, 0.001);
	cr_expect_neq(question, last);
	cr_expect_leq(timers.now, 300 * USEC_PER_MS, "at %llu us", (unsigned long long)timers.now);
	leave_many();
}

Test(driad_sources, lookups_again_wait_for_the_first_of_others)
{
	sources.pace.rate = sources.pace.share = 3;
	sources.limit = 1000;
	want(0, "10.0.0.255");
	answer(DNS_OK, 60);
	want_many(250, 1);
	run_for(&timers, 70);
	cr_expect(driad_sources_waits(&users[0]));
	cr_expect_eq(users[0].found->count, 1, "and has its relays meanwhile");
	leave_many();
	run_for(&timers, 1);
	cr_expect_not(driad_sources_waits(&users[0]));
}

/* AMTRELAY of type 3, in the zone of a stranger. */
Test(driad_sources, names_of_relays_wait_for_turns_too)
{
	static const uint8_t name[] = {10, 3, 1, 'a', 0};
	struct dns_record records[DRIAD_NAMES_MAX];
	struct dns_answer named = {
		.status = DNS_OK, .ttl = 60, .count = DRIAD_NAMES_MAX, .records = records};

	for (unsigned i = 0; i < DRIAD_NAMES_MAX; i++)
		records[i] = (struct dns_record){name, sizeof(name)};
	sources.pace.rate = sources.pace.share = 1;
	want(0, "192.0.2.10");
	cr_expect_eq(asked, 1);
	driad_answer(question, &named);
	run_for(&timers, 0.9);
	cr_expect_eq(asked, 1);
	run_for(&timers, 1.2);
	cr_expect_eq(asked, 5, "A and AAAA are one turn's");
	driad_sources_leave(&users[0]);
	cr_expect_eq(sources.pace.waiting, 0);
}
