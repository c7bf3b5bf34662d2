/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/checksum.h"

uint32_t checksum_add(uint32_t sum, const void *bytes, size_t length)
{
	const uint8_t *b = bytes;

	for (; length > 1; b += 2, length -= 2) {
		sum += (uint32_t)(b[0] << 8 | b[1]);
		sum = (sum & 0xffff) + (sum >> 16);
	}
	if (length)
		sum += (uint32_t)b[0] << 8;
	return (sum & 0xffff) + (sum >> 16);
}

uint32_t checksum_pseudo(const struct addr *source, const struct addr *destination,
			 uint8_t protocol, uint32_t length)
{
	uint8_t tail[8] = {length >> 24, length >> 16, length >> 8, length, 0, 0, 0, protocol};
	uint32_t sum = checksum_add(0, source->bytes, addr_length(source->family));

	sum = checksum_add(sum, destination->bytes, addr_length(destination->family));
	return checksum_add(sum, tail, sizeof(tail));
}

uint16_t checksum_fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}
