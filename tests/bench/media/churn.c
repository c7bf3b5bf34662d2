/* SPDX-License-Identifier: BSD-2-Clause */
#include "churn.h"

#include <err.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>

#define BURST    50
#define CHANNELS 1000
#define SLOT     0 /* nothing is counted */

static pthread_t thread;
static atomic_bool over;

/* This process is bound to one processor. */
static void leave_processor(void)
{
	unsigned count = sysconf(_SC_NPROCESSORS_ONLN);
	cpu_set_t others;

	if (count < 2)
		return;
	CPU_ZERO(&others);
	for (unsigned cpu = 0; cpu < count; cpu++)
		if ((int)cpu != sched_getcpu())
			CPU_SET(cpu, &others);
	sched_setaffinity(0, sizeof(others), &others);
}

static void *change(void *context)
{
	struct sg first;

	if (!addr_parse("10.200.0.0", &first.source) || !addr_parse("232.200.0.0", &first.group))
		errx(2, "media: addresses");
	leave_processor();
	for (uint32_t n = 0; !atomic_load(&over); n++) {
		stage_change(context, &first, n % CHANNELS, n / CHANNELS % 2);
		if (n % BURST == BURST - 1)
			usleep(1000000 / CHURN_CHANGES * BURST);
	}
	return NULL;
}

void churn_begin(struct stage *stage)
{
	atomic_store(&over, false);
	if (pthread_create(&thread, NULL, change, stage))
		errx(2, "media: no thread");
}

void churn_end(void)
{
	atomic_store(&over, true);
	pthread_join(thread, NULL);
}
