/* SPDX-License-Identifier: BSD-2-Clause */
/* Values of one layout are read by a daemon of another. */
#include "dataplane/layout.h"

#include <criterion/criterion.h>
#include <string.h>

static struct layout ours, theirs;
static struct mci_channel channel;
static uint8_t old[256];

static void begin(void)
{
	layout_of_ours(&ours);
	theirs = ours;
	memset(&channel, 0, sizeof(channel));
	memset(old, 0xee, sizeof(old));
}

static struct mci_field *field(const char *name)
{
	for (unsigned i = 0; i < MCI_FIELDS_MAX; i++)
		if (!strcmp(theirs.fields[i].name, name))
			return &theirs.fields[i];
	cr_assert_fail("there is no %s", name);
	return NULL;
}

/* Moves a field to another place of the old value, and writes it there. */
static void put(const char *name, uint32_t offset, const void *value, uint32_t size)
{
	struct mci_field *moved = field(name);

	moved->offset = offset;
	moved->size = size;
	memcpy(old + offset, value, size);
}

static void convert(void)
{
	layout_convert(&theirs, old, sizeof(old), &ours, &channel, "channel");
}

Test(layout, fields_that_have_moved, .init = begin)
{
	uint64_t deadline = 4711;
	uint32_t slot = 9;

	put("channel.deadline_ns", 200, &deadline, sizeof(deadline));
	put("channel.slot", 100, &slot, sizeof(slot));
	cr_expect_not(layout_is_same(&ours, &theirs, "channel"));
	cr_expect(layout_is_same(&ours, &theirs, "lan"));
	convert();
	cr_expect_eq(channel.deadline_ns, 4711);
	cr_expect_eq(channel.slot, 9);
}

Test(layout, lists_that_were_shorter, .init = begin)
{
	const uint8_t lans[2] = {3, 4}, wanted[MCI_EGRESS_MAX] = {3, 4};

	put("channel.lans", 120, lans, sizeof(lans));
	convert();
	cr_expect_arr_eq(channel.lans, wanted, sizeof(wanted));
}

Test(layout, lists_that_were_longer, .init = begin)
{
	const uint8_t lans[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};

	put("channel.lans", 120, lans, sizeof(lans));
	field("channel.moving")->name[0] = 'x';
	convert();
	cr_expect_arr_eq(channel.lans, lans, MCI_EGRESS_MAX);
	cr_expect_eq(channel.moving, 0, "what is behind is left alone");
}

Test(layout, fields_that_there_were_not, .init = begin)
{
	field("channel.slot")->name[0] = 'x';
	cr_expect_not(layout_is_same(&ours, &theirs, "channel"));
	cr_expect_not(layout_is_same(&theirs, &ours, "channel"));
	convert();
	cr_expect_eq(channel.slot, 0);
}

/* A map that somebody else has written, or that is damaged. */
Test(layout, fields_outside_of_the_value, .init = begin)
{
	static const struct {
		uint32_t offset, size;
	} rows[] = {{sizeof(old), 4}, {sizeof(old) - 3, 4}, {UINT32_MAX, 4}, {4, UINT32_MAX}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		field("channel.slot")->offset = rows[i].offset;
		field("channel.slot")->size = rows[i].size;
		channel.slot = 0;
		convert();
		cr_expect_eq(channel.slot, 0);
	}
}
