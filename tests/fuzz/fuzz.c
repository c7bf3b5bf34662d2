/* SPDX-License-Identifier: BSD-2-Clause */
#include "fuzz.h"
#include "base/checksum.h"
#include "base/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define SENDER_COUNT 8 /* that an argument names */

#define IPV4_CHECKSUM_AT    10
#define MESSAGE_CHECKSUM_AT 2
#define DAY                 (86400 * USEC_PER_SEC)

static uint32_t state;
static bool is_drawn_on; /* since the last restart */

void fuzz_broken(const char *condition, const char *file, int line)
{
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, condition);
	abort();
}

static void put_checksum(uint8_t *at, uint16_t sum)
{
	at[0] = sum >> 8;
	at[1] = sum & 0xff;
}

static void mend_ipv4_header(uint8_t *ip, size_t length)
{
	size_t header = length ? (ip[0] & 0x0f) * 4u : 0;

	if (header < IPV4_CHECKSUM_AT + 2 || header > length || ip[0] >> 4 != 4)
		return;
	put_checksum(ip + IPV4_CHECKSUM_AT, 0);
	put_checksum(ip + IPV4_CHECKSUM_AT, checksum_fold(checksum_add(0, ip, header)));
}

static void mend_message(const struct ip_datagram *ip)
{
	uint8_t *message = (uint8_t *)ip->payload.at;
	size_t length = cursor_left(&ip->payload);

	if (length < MESSAGE_CHECKSUM_AT + 2)
		return;
	put_checksum(message + MESSAGE_CHECKSUM_AT, 0);
	put_checksum(
		message + MESSAGE_CHECKSUM_AT,
		ip_message_checksum(&ip->source, &ip->destination, ip->protocol, message, length));
}

void fuzz_mend(uint8_t *datagram, size_t length)
{
	struct ip_datagram ip;

	mend_ipv4_header(datagram, length);
	if (!ip_decode(cursor_over(datagram, length), &ip))
		mend_message(&ip);
}

void fuzz_with_checksums(struct cursor bytes, void (*try)(struct cursor bytes))
{
	size_t length = cursor_left(&bytes);
	uint8_t *copy = malloc(length);

	try(bytes);
	if (length)
		memcpy(copy, bytes.at, length);
	fuzz_mend(copy, length);
	try(cursor_over(copy, length));
	free(copy);
}

bool fuzz_lies_within(const struct cursor *inner, const struct cursor *outer)
{
	return inner->at >= outer->at && inner->at <= inner->end && inner->end <= outer->end;
}

/* What base/random.c has left of its last draw is used up. */
void fuzz_restart_random(void)
{
	uint8_t byte;

	state = 1;
	for (is_drawn_on = false; !is_drawn_on;)
		random_fill(&byte, sizeof(byte));
}

/* Takes the place of the C library's (xorshift, Marsaglia 2003). */
ssize_t getrandom(void *buffer, size_t length, unsigned flags)
{
	uint8_t *bytes = buffer;

	(void)flags;
	is_drawn_on = true;
	for (size_t i = 0; i < length; i++) {
		state ^= state << 13;
		state ^= state >> 17;
		state ^= state << 5;
		bytes[i] = state >> 24;
	}
	return (ssize_t)length;
}

bool fuzz_next_step(struct cursor *input, struct fuzz_step *step)
{
	size_t length;

	if (!cursor_left(input))
		return false;
	step->op = cursor_u8(input) % STEP_OPS;
	step->argument = cursor_u8(input);
	length = cursor_u16(input);
	step->bytes = cursor_sub(input, length < cursor_left(input) ? length : cursor_left(input));
	return !input->failed;
}

bool fuzz_step_time(struct timers *timers, const struct fuzz_step *step)
{
	usec_t until = timers->now + step->argument * step->argument * 100 * USEC_PER_MS;

	while (timers_next(timers) <= until)
		timers_run(timers, timers_next(timers));
	timers_run(timers, until);
	return timers->now < DAY;
}

/* Addresses begin at 12 or 8. */
static void set_sender(uint8_t *datagram, size_t length, uint8_t number)
{
	size_t at = length && datagram[0] >> 4 == 4 ? 15 : 23;

	if (number && at < length)
		datagram[at] = number % SENDER_COUNT;
}

void fuzz_with_datagram(const struct fuzz_step *step, void (*take)(const struct ip_datagram *ip))
{
	size_t length = cursor_left(&step->bytes);
	uint8_t *copy = malloc(length);
	struct ip_datagram ip;

	if (length)
		memcpy(copy, step->bytes.at, length);
	set_sender(copy, length, step->argument);
	fuzz_mend(copy, length);
	if (!ip_decode(cursor_over(copy, length), &ip))
		take(&ip);
	free(copy);
}
