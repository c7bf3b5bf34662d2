/* SPDX-License-Identifier: BSD-2-Clause */
/* A meter in virtual time, with the looks of the daemon and those of clients. */
#include "channel/meter.h"

#include <criterion/criterion.h>

#define START (1000 * USEC_PER_SEC)
#define SIZE  1000 /* bytes of a packet */

static struct meter meter;
static usec_t now;
static struct meter_count count;

static void begin(void)
{
	now = START;
	count = (struct meter_count){0};
	meter_begin(&meter, now, &count);
}

TestSuite(meter, .init = begin);

static void flow(unsigned packets_per_s, double seconds)
{
	unsigned packets = (unsigned)(packets_per_s * seconds);

	now += (usec_t)(seconds * USEC_PER_SEC);
	count.packets += packets;
	count.bytes += packets * SIZE;
}

static void look(void)
{
	meter_look(&meter, now, &count);
}

static void expect_rate(double packets_per_s)
{
	cr_expect_float_eq(meter.rate.packets_per_s, packets_per_s, 0.01, "%f, not %f packets/s",
			   meter.rate.packets_per_s, packets_per_s);
	cr_expect_float_eq(meter.rate.bits_per_s, packets_per_s * SIZE * 8, 1, "%f, not %f bits/s",
			   meter.rate.bits_per_s, packets_per_s * SIZE * 8);
}

Test(meter, nothing_has_come)
{
	expect_rate(0);
	flow(0, 3600);
	look();
	expect_rate(0);
}

Test(meter, a_young_one_shows_its_rate_since_it_began)
{
	flow(1000, 2);
	look();
	expect_rate(1000);
	flow(4000, 1);
	look();
	expect_rate(2000);
}

Test(meter, its_first_packets_are_no_burst)
{
	flow(1000, 0.002);
	look();
	expect_rate(2);
}

Test(meter, the_wait_before_its_first_packet_does_not_count)
{
	flow(0, 4);
	look();
	flow(1000, 2);
	look();
	expect_rate(1000);
}

Test(meter, steady_looks_show_the_last_interval)
{
	flow(1000, 10);
	look();
	expect_rate(1000);
	flow(200, 10);
	look();
	expect_rate(200);
	flow(0, 10);
	look();
	expect_rate(0);
	flow(50, 10);
	look();
	expect_rate(50);
}

Test(meter, uneven_intervals_are_measured_as_they_are)
{
	flow(300, 7);
	look();
	expect_rate(300);
	flow(500, 23);
	look();
	expect_rate(500);
}

Test(meter, looks_in_between_neither_change_nor_disturb_it)
{
	flow(1000, 10);
	look();
	for (int i = 0; i < 49; i++) {
		flow(i % 2 ? 3000 : 1000, 0.1);
		look();
		expect_rate(1000);
	}
	flow(1000, 5.1);
	look();
	/* 2.5 s of 1000, 2.4 s of 3000, 5.1 s of 1000 */
	expect_rate(1480);
}

Test(meter, clients_that_ask_all_the_time_see_intervals_all_the_same)
{
	for (int i = 0; i < 100; i++) {
		flow(1000, 1);
		look();
		expect_rate(1000);
	}
	flow(0, 5);
	look();
	expect_rate(0);
}

Test(meter, what_an_earlier_daemon_counted_is_no_burst)
{
	count = (struct meter_count){5000000, 5000000ull * SIZE};
	meter_begin(&meter, now, &count);
	expect_rate(0);
	look();
	expect_rate(0);
	flow(1000, 0.5);
	look();
	expect_rate(500);
	flow(1000, 1.5);
	look();
	expect_rate(1000);
	flow(1000, 8);
	look();
	expect_rate(1000);
}

Test(meter, counters_that_go_back_begin_anew)
{
	flow(1000, 10);
	look();
	count = (struct meter_count){10, 10 * SIZE};
	flow(0, 10);
	look();
	expect_rate(0);
	flow(100, 2);
	look();
	expect_rate(100);
	count = (struct meter_count){0};
	flow(0, 1);
	look();
	expect_rate(0);
	flow(100, 2);
	look();
	expect_rate(100);
}

Test(meter, large_counters_are_exact)
{
	count = (struct meter_count){UINT64_MAX / 2, UINT64_MAX / 2};
	meter_begin(&meter, now, &count);
	flow(10, 10);
	look();
	expect_rate(10);
}
