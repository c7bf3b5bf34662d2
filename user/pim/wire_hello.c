/* SPDX-License-Identifier: BSD-2-Clause */
#include "pim/wire_hello.h"

#define LAN_PRUNE_T   0x8000 /* the other 15 bits are the propagation delay */
#define OPTION_HEADER 4

enum hello_option {
	OPTION_HOLDTIME = 1,
	OPTION_LAN_PRUNE_DELAY = 2,
	OPTION_DR_PRIORITY = 19,
	OPTION_GENERATION_ID = 20,
	OPTION_ADDRESS_LIST = 24
};

struct option {
	struct cursor value;
	int family; /* of the message */
	struct pim_hello *hello;
};

static void read_holdtime(struct option *option)
{
	option->hello->holdtime = cursor_u16(&option->value);
}

static void read_lan_prune_delay(struct option *option)
{
	struct pim_hello *hello = option->hello;
	uint16_t delay = cursor_u16(&option->value);

	hello->has_lan_prune_delay = true;
	hello->tracking_support = delay & LAN_PRUNE_T;
	hello->propagation_delay_ms = delay & ~LAN_PRUNE_T;
	hello->override_interval_ms = cursor_u16(&option->value);
}

static void read_dr_priority(struct option *option)
{
	option->hello->has_dr_priority = true;
	option->hello->dr_priority = cursor_u32(&option->value);
}

static void read_generation_id(struct option *option)
{
	option->hello->has_generation_id = true;
	option->hello->generation_id = cursor_u32(&option->value);
}

static void read_address_list(struct option *option)
{
	struct pim_hello *hello = option->hello;

	while (cursor_left(&option->value)) {
		struct addr addr = pim_read_unicast(&option->value);

		if (addr.family == AF_UNSPEC)
			break;
		if (addr.family == option->family && hello->address_count < PIM_ADDRESSES_MAX)
			hello->addresses[hello->address_count++] = addr;
	}
}

struct option_reader {
	uint16_t type, length_min; /* of the value */
	void (*read)(struct option *option);
};

static const struct option_reader option_readers[] = {
	{OPTION_HOLDTIME, 2, read_holdtime},
	{OPTION_LAN_PRUNE_DELAY, 4, read_lan_prune_delay},
	{OPTION_DR_PRIORITY, 4, read_dr_priority},
	{OPTION_GENERATION_ID, 4, read_generation_id},
	{OPTION_ADDRESS_LIST, 0, read_address_list},
};

static const struct option_reader *find_reader(uint16_t type)
{
	for (size_t i = 0; i < sizeof(option_readers) / sizeof(option_readers[0]); i++)
		if (option_readers[i].type == type)
			return &option_readers[i];
	return NULL;
}

static enum fault read_option(struct option *option, uint16_t type)
{
	const struct option_reader *reader = find_reader(type);

	if (!reader)
		return FAULT_NONE;
	if (cursor_left(&option->value) < reader->length_min)
		return FAULT_LENGTH;
	reader->read(option);
	return option->value.failed ? FAULT_LENGTH : FAULT_NONE;
}

enum fault pim_decode_hello(struct cursor c, int family, struct pim_hello *hello)
{
	enum fault fault = FAULT_NONE;

	hello->holdtime = PIM_HOLDTIME_DEFAULT;
	while (!fault && cursor_left(&c) && !hello->has_stray_bytes) {
		uint16_t type = cursor_u16(&c);
		struct option option = {
			.value = cursor_sub(&c, cursor_u16(&c)), .family = family, .hello = hello};

		hello->has_stray_bytes = option.value.failed;
		if (!hello->has_stray_bytes)
			fault = read_option(&option, type);
	}
	return fault;
}

/* Writing */

static void write_option(struct writer *w, enum hello_option type, uint16_t length)
{
	writer_u16(w, type);
	writer_u16(w, length);
}

static void write_address_list(struct writer *w, const struct pim_hello *hello)
{
	size_t at = writer_length(w);

	if (!hello->address_count)
		return;
	write_option(w, OPTION_ADDRESS_LIST, 0);
	for (unsigned i = 0; i < hello->address_count; i++)
		pim_write_unicast(w, &hello->addresses[i]);
	writer_patch_u16(w, at + 2, writer_length(w) - at - OPTION_HEADER);
}

static void write_options(struct writer *w, const struct pim_hello *hello)
{
	write_option(w, OPTION_HOLDTIME, 2);
	writer_u16(w, hello->holdtime);
	if (hello->has_lan_prune_delay) {
		write_option(w, OPTION_LAN_PRUNE_DELAY, 4);
		writer_u16(w, (hello->tracking_support ? LAN_PRUNE_T : 0) |
				      (hello->propagation_delay_ms & ~LAN_PRUNE_T));
		writer_u16(w, hello->override_interval_ms);
	}
	if (hello->has_dr_priority) {
		write_option(w, OPTION_DR_PRIORITY, 4);
		writer_u32(w, hello->dr_priority);
	}
	if (hello->has_generation_id) {
		write_option(w, OPTION_GENERATION_ID, 4);
		writer_u32(w, hello->generation_id);
	}
	write_address_list(w, hello);
}

size_t pim_encode_hello(const struct pim_hello *hello, const struct addr *source, void *bytes,
			size_t size)
{
	struct writer w = pim_begin(PIM_HELLO, bytes, size);

	write_options(&w, hello);
	return pim_finish(&w, source);
}
