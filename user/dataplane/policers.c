/* SPDX-License-Identifier: BSD-2-Clause */
#include "dataplane/policers.h"

#include "dataplane/error.h"
#include "dataplane/memory_map.h"
#include "ingest_tc.skel.h"
#include "mcingest/rate.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#define NS_PER_SEC  1000000000ull
#define DEPTH_NS    (NS_PER_SEC / 10)
#define DEPTH_BYTES 65536 /* at least: the longest packet */

static size_t size_of(const struct dataplane *dp)
{
	return dp->limits.channels * sizeof(struct mci_rate);
}

int policers_open(struct dataplane *dp)
{
	if (!dp->limits.rates)
		return 0;
	dp->rates = memory_map_open(bpf_map__fd(dp->ingest->maps.rates), size_of(dp));
	return dp->rates ? 0
			 : dataplane_fail(dp, -errno, "cannot map the rates of channels: %s",
					  strerror(errno));
}

void policers_close(struct dataplane *dp)
{
	if (dp->rates)
		munmap(dp->rates, size_of(dp));
	dp->rates = NULL;
}

/* The programs read while this is written: a packet meets the old cost or the new one. */
static void put(uint64_t *field, uint64_t value)
{
	if (*field != value)
		__atomic_store_n(field, value, __ATOMIC_RELAXED);
}

void policers_set(struct dataplane *dp, uint32_t slot, uint64_t rate)
{
	uint64_t cost = rate ? (8 * NS_PER_SEC << MCI_RATE_SHIFT) / rate : 0;
	uint64_t depth = cost * DEPTH_BYTES >> MCI_RATE_SHIFT;

	if (!dp->rates)
		return;
	put((uint64_t *)&dp->rates[slot].depth_ns, depth > DEPTH_NS ? depth : DEPTH_NS);
	put((uint64_t *)&dp->rates[slot].cost, cost);
}

void policers_clear(struct dataplane *dp, uint32_t slot)
{
	if (dp->rates)
		dp->rates[slot] = (struct mci_rate){0};
}

void dataplane_over(const struct dataplane *dp, uint32_t slot, struct dataplane_over *over)
{
	*over = (struct dataplane_over){0};
	if (!dp->rates)
		return;
	over->packets = __atomic_load_n(&dp->rates[slot].over_packets, __ATOMIC_RELAXED);
	over->bytes = __atomic_load_n(&dp->rates[slot].over_bytes, __ATOMIC_RELAXED);
}

bool dataplane_is_over(struct dataplane *dp, uint32_t slot, uint32_t bytes, uint64_t now_ns)
{
	return dp->rates && mci_rate_is_over(&dp->rates[slot], bytes, now_ns);
}
