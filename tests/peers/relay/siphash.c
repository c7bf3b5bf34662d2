/* SPDX-License-Identifier: BSD-2-Clause */
#include "siphash.h"

#include <endian.h>
#include <string.h>

static uint64_t rotate(uint64_t x, int by)
{
	return x << by | x >> (64 - by);
}

static uint64_t word(const uint8_t *b)
{
	uint64_t w;

	memcpy(&w, b, 8);
	return le64toh(w);
}

static void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[2] += v[3];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] = rotate(v[0], 32) + v[3];
	v[2] += v[1];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

static void sip_word(uint64_t v[4], uint64_t w)
{
	v[3] ^= w;
	sip_round(v);
	sip_round(v);
	v[0] ^= w;
}

uint64_t siphash(const uint8_t key[16], const uint8_t *bytes, size_t length)
{
	uint64_t k0 = word(key), k1 = word(key + 8);
	uint64_t v[4] = {k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261,
			 k1 ^ 0x7465646279746573};
	uint8_t tail[8] = {[7] = (uint8_t)length};
	size_t whole = length & ~(size_t)7;

	for (size_t i = 0; i < whole; i += 8)
		sip_word(v, word(bytes + i));
	memcpy(tail, bytes + whole, length - whole);
	sip_word(v, word(tail));
	v[2] ^= 0xff;
	for (int i = 0; i < 4; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}
