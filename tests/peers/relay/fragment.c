/* SPDX-License-Identifier: BSD-2-Clause */
#include "fragment.h"

#include "../ip.h"

#define OPTION_COPIED 0x80
#define OPTION_END    0
#define OPTION_NOP    1

/* Options without the copy flag stay in the first fragment only. In the others they become padding,
 * and the header keeps its length. */
static void blank_options(uint8_t *o, size_t length)
{
	while (length && *o != OPTION_END) {
		size_t step = *o == OPTION_NOP || length < 2 ? 1 : o[1];

		if (!step || step > length)
			return;
		if (!(*o & OPTION_COPIED))
			memset(o, OPTION_NOP, step);
		o += step;
		length -= step;
	}
}

bool fragment_next(struct fragment *f)
{
	size_t header = (f->datagram[0] & 15) * 4u, whole = get16(f->datagram + 2) - header;
	uint16_t offset = get16(f->datagram + 6);
	size_t left = whole - f->done, most = (f->room - header) & ~(size_t)7;
	bool last = left <= f->room - header;

	if (!left)
		return false;
	memcpy(f->header, f->datagram, header);
	f->header_length = header;
	f->payload = f->datagram + header + f->done;
	f->payload_length = last ? left : most;
	if (f->done)
		blank_options(f->header + 20, header - 20);
	offset += (uint16_t)(f->done / 8);
	put16(f->header + 2, (uint16_t)(header + f->payload_length));
	put16(f->header + 6, last ? offset : offset | IP_MF);
	put16(f->header + 10, 0);
	put16(f->header + 10, sum_finish(sum_add(0, f->header, header)));
	f->done += f->payload_length;
	return true;
}
