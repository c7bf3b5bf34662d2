/* SPDX-License-Identifier: BSD-2-Clause */
/* Fragments: whatever comes, what is put together is a datagram of the length that it announces,
 * and memory stays within its bounds. */
#include "fuzz.h"

#include "base/reassembly.h"

static struct timers timers;
static struct reassembly reassembly;

static void lost(void *context, const struct addr *source)
{
	(void)context;
	must(source->family == AF_INET || source->family == AF_INET6);
}

static void expect_datagram(struct cursor whole)
{
	const uint8_t *b = whole.at;
	size_t length = cursor_left(&whole);
	struct ip_datagram ip;
	enum fault fault = ip_decode(whole, &ip);

	must(length <= REASSEMBLY_BYTES);
	must(fault != FAULT_CHECKSUM && fault != FAULT_VERSION);
	must(b[0] >> 4 == 4 ? (size_t)(b[2] << 8 | b[3]) == length
			    : (size_t)(b[4] << 8 | b[5]) == length - 40);
}

static void take(struct cursor bytes)
{
	struct cursor whole;
	enum fault fault = reassembly_take(&reassembly, 1, bytes, &whole);

	must(!fault || !whole.at);
	if (whole.at && whole.at != bytes.at)
		expect_datagram(whole);
	must(reassembly.count <= REASSEMBLY_MAX && reassembly.bytes <= REASSEMBLY_BYTES_ALL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct cursor input = cursor_over(bytes, size);
	struct fuzz_step step;

	timers = (struct timers){.now = 1000000};
	reassembly = (struct reassembly){.timers = &timers, .lost = lost};
	while (fuzz_next_step(&input, &step)) {
		if (step.op == STEP_MESSAGE)
			fuzz_with_checksums(step.bytes, take);
		else if (step.op == STEP_TIME && !fuzz_step_time(&timers, &step))
			break;
	}
	reassembly_free(&reassembly);
	must(!reassembly.count && !reassembly.bytes);
	timers_free(&timers);
	return 0;
}
