/* SPDX-License-Identifier: BSD-2-Clause */
/* The order in which relays are tried. The weights of SRV records (RFC 2782) are probabilities, so
 * the shares of many draws are tested. */
#include "driad/order.h"

#include <criterion/criterion.h>

#define ROUNDS 4000

static struct driad_relay relays[DRIAD_RELAYS_MAX];
static unsigned count, firsts[DRIAD_RELAYS_MAX];

/* The address ends with the number of the relay. */
static void add(uint8_t service, uint16_t priority, uint16_t weight, const char *address)
{
	relays[count] =
		(struct driad_relay){.precedence = priority, .weight = weight, .service = service};
	cr_assert(addr_parse(address, &relays[count].address));
	count++;
}

/* Counts how often each service came first. */
static void count_firsts(void)
{
	struct driad_relay ordered[DRIAD_RELAYS_MAX];

	for (unsigned i = 0; i < ROUNDS; i++) {
		memcpy(ordered, relays, sizeof(relays));
		driad_order(ordered, count);
		firsts[ordered[0].service]++;
	}
}

#define EXPECT_SHARE(service, share)                                                               \
	cr_expect(firsts[service] > ROUNDS * (share)-200 &&                                        \
			  firsts[service] < ROUNDS * (share) + 200,                                \
		  "service %u: %u of %u", service, firsts[service], ROUNDS)

Test(driad_order, the_first_is_chosen_in_proportion_to_weight)
{
	add(1, 10, 10, "203.0.113.1");
	add(2, 10, 30, "203.0.113.2");
	add(3, 10, 60, "203.0.113.3");
	count_firsts();
	EXPECT_SHARE(1, 0.1);
	EXPECT_SHARE(2, 0.3);
	EXPECT_SHARE(3, 0.6);
}

Test(driad_order, a_target_with_many_addresses_counts_once)
{
	add(1, 10, 1, "203.0.113.1");
	add(1, 10, 1, "203.0.113.2");
	add(1, 10, 1, "203.0.113.3");
	add(2, 10, 1, "203.0.113.4");
	count_firsts();
	EXPECT_SHARE(1, 0.5);
	EXPECT_SHARE(2, 0.5);
}

Test(driad_order, without_weight_the_chance_is_small)
{
	add(1, 10, 0, "203.0.113.1");
	add(2, 10, 65535, "203.0.113.2");
	count_firsts();
	cr_expect_lt(firsts[1], 10);
}

Test(driad_order, where_none_has_weight_all_are_alike)
{
	add(1, 10, 0, "203.0.113.1");
	add(2, 10, 0, "203.0.113.2");
	count_firsts();
	EXPECT_SHARE(1, 0.5);
}

Test(driad_order, what_is_of_no_service_is_at_random)
{
	for (unsigned i = 0; i < ROUNDS; i++) {
		count = 0;
		add(0, 10, 0, "203.0.113.1");
		add(0, 10, 0, "203.0.113.2");
		driad_order(relays, count);
		firsts[relays[0].address.bytes[3]]++;
	}
	EXPECT_SHARE(1, 0.5);
}

Test(driad_order, no_weight_goes_before_a_lower_priority)
{
	add(1, 20, 65535, "203.0.113.1");
	add(2, 10, 0, "203.0.113.2");
	add(3, 10, 1, "203.0.113.3");
	for (unsigned i = 0; i < 100; i++) {
		driad_order(relays, count);
		cr_assert_eq(relays[2].service, 1);
	}
}

Test(driad_order, all_stay_and_the_families_take_turns)
{
	add(1, 10, 5, "203.0.113.1");
	add(1, 10, 5, "2001:db8::1");
	add(2, 10, 5, "203.0.113.2");
	add(2, 10, 5, "2001:db8::2");
	for (unsigned i = 0; i < 100; i++) {
		unsigned sum = 0;

		driad_order(relays, count);
		for (unsigned j = 0; j < count; j++)
			sum += relays[j].service * (relays[j].address.family == AF_INET ? 1 : 10);
		cr_assert_eq(sum, 33);
		cr_assert_neq(relays[0].address.family, relays[1].address.family);
		cr_assert_neq(relays[2].address.family, relays[3].address.family);
	}
}
