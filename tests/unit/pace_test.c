/* SPDX-License-Identifier: BSD-2-Clause */
/* Turns and rates in virtual time. The turns are recorded in order. */
#include "base/pace.h"
#include "fini.h"
#include "virtual_time.h"

#include <criterion/criterion.h>
#include <stdio.h>

#define ENTRIES 2000

struct one {
	struct pace_entry entry;
	char from[ADDR_TEXT];
	usec_t served; /* 0: not yet */
	unsigned place;
	struct pace_hold *takes; /* a hold, in its turn */
	bool comes_again;
};

static struct timers timers;
static struct pace pace;
static struct one ones[ENTRIES];
static unsigned served;
static bool is_free;

static struct addr addr(const char *text)
{
	struct addr addr;

	cr_assert(addr_parse(text, &addr));
	return addr;
}

static bool on_turn(struct pace_entry *entry)
{
	struct one *one = container_of(entry, struct one, entry);

	cr_assert_null(entry->network);
	one->served = timers.now;
	one->place = ++served;
	if (one->takes)
		pace_hold(&pace, one->takes, &(struct addr[]){addr(one->from)}[0]);
	if (one->comes_again)
		pace_wait(&pace, entry, &(struct addr[]){addr(one->from)}[0], false);
	return !is_free;
}

static void begin_with(unsigned rate, unsigned share)
{
	timers = (struct timers){.now = 1000 * USEC_PER_SEC};
	pace = (struct pace){.timers = &timers, .rate = rate, .share = share};
	memset(ones, 0, sizeof(ones));
	served = 0;
	is_free = false;
}

static void begin(void)
{
	begin_with(100, 20);
}

static void end(void)
{
	for (unsigned i = 0; i < ENTRIES; i++)
		pace_cancel(&ones[i].entry);
	fini_assert(!pace.waiting, "nobody waits");
	run_for(&timers, 3600);
	fini_assert(!pace.by_address, "networks of which nothing is left are forgotten");
	fini_assert(!timers.count, "no timer runs");
	pace_free(&pace);
	timers_free(&timers);
}

TestSuite(pace, .init = begin, .fini = end);

static struct one *come(unsigned number, const char *from, bool can_wait)
{
	struct one *one = &ones[number];
	struct addr source = addr(from);

	one->entry.turn = on_turn;
	snprintf(one->from, sizeof(one->from), "%s", from);
	pace_wait(&pace, &one->entry, &source, can_wait);
	return one;
}

/* Entries of `networks` networks, one of each at a time. */
static void come_many(unsigned first, unsigned count, unsigned networks)
{
	char from[ADDR_TEXT];

	for (unsigned i = 0; i < count; i++) {
		snprintf(from, sizeof(from), "10.%u.%u.%u", i % networks / 250, i % networks % 250,
			 1 + i / networks % 250);
		come(first + i, from, false);
	}
}

Test(pace, one_alone_has_its_turn_at_once)
{
	struct one *one = come(0, "192.0.2.10", false);

	cr_expect_eq(served, 0, "but not in the call");
	run_for(&timers, 0);
	cr_expect(one->served);
}

Test(pace, so_many_a_second_and_a_tenth_at_once)
{
	come_many(0, ENTRIES, 500);
	run_for(&timers, 0);
	cr_expect_eq(served, 10);
	run_for(&timers, 0.1);
	cr_expect_eq(served, 20);
	run_for(&timers, 9.9);
	cr_expect_eq(served, 1010);
}

Test(pace, what_is_not_used_is_not_saved)
{
	run_for(&timers, 3600);
	come_many(0, 100, 100);
	run_for(&timers, 0);
	cr_expect_eq(served, 10);
}

Test(pace, a_network_has_its_share)
{
	come_many(0, 100, 1);
	run_for(&timers, 1);
	cr_expect_eq(served, 40, "a second's at once, and then so many a second");
	run_for(&timers, 2);
	cr_expect_eq(served, 80);
	cr_expect_eq(pace.waiting, 20);
}

Test(pace, the_share_outlives_what_waited)
{
	come_many(0, 20, 1);
	run_for(&timers, 0.5);
	cr_assert_eq(served, 20);
	come_many(100, 20, 1);
	run_for(&timers, 0.1);
	cr_expect_leq(served, 32);
}

Test(pace, networks_have_their_turns_one_after_the_other)
{
	come_many(0, 300, 1);
	come_many(300, 2, 1);
	come(400, "192.0.2.10", false);
	come(401, "2001:db8:1::1", false);
	come(402, "2001:db8:1:ffff::1", false);
	come(403, "2001:db8:2::1", false);
	run_for(&timers, 0.1);
	for (unsigned i = 400; i < 404; i++)
		cr_expect(ones[i].served && ones[i].place <= 10, "%u", i);
}

/* 4,000 sources, of 16 networks or each of its own. */
Test(pace, who_comes_beside_a_flood_does_not_wait_for_it)
{
	unsigned networks[] = {1, 16, 1800};

	for (unsigned i = 0; i < 3; i++) {
		end();
		begin();
		come_many(0, 1800, networks[i]);
		run_for(&timers, 0.5);
		come(1900, "192.0.2.10", false);
		run_for(&timers, 0.06);
		cr_expect(ones[1900].served, "of %u networks", networks[i]);
		come(1901, "192.0.2.10", false);
		run_for(&timers, 0.06);
		cr_expect(ones[1901].served, "its next step, of %u networks", networks[i]);
	}
}

/* Like the relays of a flood of sources that are looked up one after the other. */
Test(pace, nor_for_few_networks_that_come_again_and_again)
{
	usec_t came;

	begin_with(25, 0);
	come_many(0, 64, 16);
	for (unsigned i = 0; i < 64; i++)
		ones[i].comes_again = true;
	for (unsigned i = 0; i < 50; i++) {
		run_for(&timers, 0.1);
		came = timers.now;
		pace_cancel(&ones[100 + i].entry);
		come(100 + i, "192.0.2.10", false);
		while (!ones[100 + i].served)
			run_for(&timers, 0.01);
		cr_expect_leq(timers.now - came, 170 * USEC_PER_MS, "%u: %llu us", i,
			      (unsigned long long)(timers.now - came));
		run_for(&timers, 1);
	}
}

Test(pace, who_came_first_does_not_wait_for_all_that_come_later)
{
	come_many(0, 30, 30);
	for (unsigned i = 1; i <= 40; i++) {
		char from[ADDR_TEXT];

		snprintf(from, sizeof(from), "172.16.%u.1", i);
		come(100 + i, from, false);
		run_for(&timers, 0.01);
	}
	cr_expect(ones[0].served);
	cr_expect(ones[9].served);
}

Test(pace, what_can_wait_waits_for_the_others_of_its_network)
{
	come(0, "192.0.2.1", true);
	come(1, "192.0.2.2", false);
	come(2, "192.0.2.1", true);
	come(3, "192.0.2.2", false);
	run_for(&timers, 0);
	cr_expect_eq(ones[1].place, 1);
	cr_expect_eq(ones[3].place, 2);
	cr_expect_eq(ones[0].place, 3);
}

Test(pace, a_turn_that_costs_nothing_is_not_counted)
{
	is_free = true;
	come_many(0, ENTRIES, 7);
	run_for(&timers, 0);
	cr_expect_eq(served, ENTRIES);
}

Test(pace, who_cancels_has_no_turn)
{
	come(0, "192.0.2.1", false);
	come(1, "192.0.2.2", false);
	pace_cancel(&ones[0].entry);
	pace_cancel(&ones[0].entry);
	run_for(&timers, 1);
	cr_expect_eq(ones[0].served, 0);
	cr_expect_eq(ones[1].place, 1);
}

Test(pace, without_limits_none_waits)
{
	begin_with(0, 0);
	come_many(0, ENTRIES, 3);
	run_for(&timers, 0);
	cr_expect_eq(served, ENTRIES);
}

Test(pace, a_network_with_too_much_unanswered_waits_for_an_answer)
{
	struct pace_hold holds[10] = {0};
	struct addr source = addr("10.0.0.1");

	pace.unanswered = 4;
	come_many(0, 10, 1);
	for (unsigned i = 0; i < 10; i++)
		ones[i].takes = &holds[i];
	run_for(&timers, 5);
	cr_expect_eq(served, 4);
	come(20, "192.0.2.1", false);
	run_for(&timers, 0);
	cr_expect(ones[20].served, "another does not");
	pace_answered(&holds[0]);
	pace_answered(&holds[0]);
	run_for(&timers, 5);
	cr_expect_eq(served, 6);
	pace_release(&holds[1]);
	run_for(&timers, 5);
	cr_expect_eq(served, 7);
	cr_expect_eq(pace_held(&pace, &source), 5);
	for (unsigned i = 0; i < 10; i++) {
		pace_cancel(&ones[i].entry);
		pace_release(&holds[i]);
	}
	cr_expect_eq(pace_held(&pace, &source), 0);
}
