/* SPDX-License-Identifier: BSD-2-Clause */
/* A quarter of an hour of rates and drops, in virtual time. */
#include "page/rates.h"
#include "views.h"

static struct timers timers;
static struct rates rates;
static struct meter_rate now;
static uint64_t drops[MCI_DROP_COUNT];
static bool unreadable;

static bool read_now(void *context, struct meter_rate *rate, uint64_t read[MCI_DROP_COUNT])
{
	cr_assert_eq(context, &rates);
	*rate = now;
	memcpy(read, drops, sizeof(drops));
	return !unreadable;
}

static void begin(void)
{
	timers = (struct timers){.now = NOW};
	rates = (struct rates){.timers = &timers, .read = read_now, .context = &rates};
	now = (struct meter_rate){0};
	memset(drops, 0, sizeof(drops));
	unreadable = false;
	rates_start(&rates);
}

static void end(void)
{
	rates_stop(&rates);
	timers_free(&timers);
}

TestSuite(rates, .init = begin, .fini = end);

static void pass(usec_t time)
{
	timers_run(&timers, timers.now + time);
}

Test(rates, none_at_the_begin)
{
	expect_json(rates_view(&rates), "{'interval_s':5,'packets_per_s':[],'bits_per_s':[],"
					"'drops_per_s':{}}");
}

Test(rates, each_five_seconds)
{
	drops[MCI_DROP_TTL] = 1000; /* of an earlier time */
	pass(0);
	cr_expect_eq(rates.count, 0);
	now = (struct meter_rate){.packets_per_s = 10, .bits_per_s = 8000};
	drops[MCI_DROP_TTL] += 50;
	pass(RATES_INTERVAL);
	now.packets_per_s = 20;
	pass(RATES_INTERVAL);
	expect_json(rates_view(&rates), "{'interval_s':5,'packets_per_s':[10.0,20.0],"
					"'bits_per_s':[8000.0,8000.0],"
					"'drops_per_s':{'ttl':[10.0,0.0]}}");
}

Test(rates, of_fifteen_minutes_and_no_more)
{
	pass(0);
	for (unsigned i = 0; i < RATES_MAX + 7; i++) {
		now.bits_per_s = i;
		pass(RATES_INTERVAL);
	}
	cr_expect_eq(rates.count, RATES_MAX);
	cr_expect_eq(rates.count * RATES_INTERVAL, 900 * USEC_PER_SEC);
	cr_expect_eq(rates_at(&rates, 0)->bits_per_s, 7);
	cr_expect_eq(rates_at(&rates, RATES_MAX - 1)->bits_per_s, RATES_MAX + 6);
}

/* What was dropped long ago is not shown any more. */
Test(rates, reasons_are_forgotten)
{
	json_t *view;

	pass(0);
	drops[MCI_DROP_REWRITE] = 5;
	for (unsigned i = 0; i < RATES_MAX; i++)
		pass(RATES_INTERVAL);
	cr_expect_eq(rates_at(&rates, 0)->drops_per_s[MCI_DROP_REWRITE], 1);
	pass(RATES_INTERVAL);
	view = rates_view(&rates);
	cr_expect_eq(json_object_size(json_object_get(view, "drops_per_s")), 0);
	json_decref(view);
}

/* A machine that sleeps, counters that begin anew, counters that cannot be read */
Test(rates, gaps)
{
	pass(0);
	drops[MCI_DROP_TTL] = 600;
	pass(60 * USEC_PER_SEC);
	cr_expect_eq(rates_at(&rates, 0)->drops_per_s[MCI_DROP_TTL], 10);
	drops[MCI_DROP_TTL] = 10;
	pass(RATES_INTERVAL);
	cr_expect_eq(rates_at(&rates, 1)->drops_per_s[MCI_DROP_TTL], 0);
	unreadable = true;
	pass(RATES_INTERVAL);
	cr_expect_eq(rates.count, 2);
	unreadable = false;
	drops[MCI_DROP_TTL] = 30;
	pass(RATES_INTERVAL);
	cr_expect_eq(rates_at(&rates, 2)->drops_per_s[MCI_DROP_TTL], 2);
}
