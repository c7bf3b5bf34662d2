/* SPDX-License-Identifier: BSD-2-Clause */
/* PIM on an interface under test: its time, its options, and which (S,G) it wants. */
#pragma once

#include "addresses.h"
#include "pim/interface.h"
#include "virtual_time.h"

#include <criterion/criterion.h>

static struct timers timers;
static struct pim_interface pim;
static struct pim_options options;
static struct prefixes allow, groups, subnets;
static unsigned wanted_count, unwanted_count;
static struct sg last; /* that was wanted, or is no longer */

static bool joined(void *context, const struct sg *sg, const struct addr *from)
{
	(void)context;
	(void)from;
	last = *sg;
	wanted_count++;
	return true;
}

static void left(void *context, const struct sg *sg)
{
	(void)context;
	last = *sg;
	unwanted_count++;
}

/* A message that the interface sends, as its neighbors read it. It points into `message`. */
static struct pim_message sent_message(const uint8_t *message, size_t length)
{
	struct ip_datagram ip = {.source = pim.address,
				 .destination = pim_all_routers(pim.address.family),
				 .protocol = PIM_IP_PROTOCOL,
				 .payload = cursor_over(message, length)};
	struct pim_message decoded;

	cr_assert_eq(pim_decode(&ip, &decoded), FAULT_NONE);
	return decoded;
}

static void pim_lan_begin(const char *us, const struct pim_actions *actions, unsigned neighbors_max)
{
	allow.count = groups.count = 0;
	options = (struct pim_options){.neighbors_max = neighbors_max,
				       .joins_max = 100,
				       .hello_period = 30,
				       .require_hello = true,
				       .allow = &allow,
				       .groups = &groups,
				       .metric = {.preference = 200, .metric = 100}};
	timers = (struct timers){.now = 1000 * USEC_PER_SEC};
	pim = (struct pim_interface){.name = "lan0",
				     .subnets = &subnets,
				     .timers = &timers,
				     .options = &options,
				     .actions = actions,
				     .address = address(us)};
	wanted_count = unwanted_count = 0;
	pim_interface_start(&pim);
}

static void pim_lan_end(void)
{
	pim_interface_stop(&pim);
	timers_free(&timers);
}
