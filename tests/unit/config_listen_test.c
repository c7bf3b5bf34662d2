/* SPDX-License-Identifier: BSD-2-Clause */
/* [metrics] */
#include "config_lab.h"

TestSuite(config_listen, .init = set_up, .fini = tear_down);

static int read_listen(const char *value)
{
	char text[256];

	snprintf(text, sizeof(text),
		 "[interfaces]\ndownstream = lan0\n[metrics]\nlisten = %s\nchannels = 20\n", value);
	return read_conf(text);
}

Test(config_listen, is_nowhere_by_default)
{
	cr_assert_eq(read_words("--config /dev/null --downstream lan0"), 0, "%s", said);
	cr_expect_eq(config.metrics.address.family, 0);
	cr_expect_eq(config.metrics.busiest, 0);
	config_free(&config);
}

Test(config_listen, takes_an_address_with_or_without_a_port)
{
	static const struct {
		const char *value, *address;
		unsigned port;
	} rows[] = {{"yes", "127.0.0.1", 9268},
		    {"192.0.2.1", "192.0.2.1", 9268},
		    {"192.0.2.1:80", "192.0.2.1", 80},
		    {"0.0.0.0:65535", "0.0.0.0", 65535},
		    {"[::1]", "::1", 9268},
		    {"[2001:db8::1]:1", "2001:db8::1", 1}};

	EACH(i, rows)
	{
		char text[ADDR_TEXT];

		cr_assert_eq(read_listen(rows[i].value), 0, "%s", said);
		cr_expect_str_eq(addr_format(&config.metrics.address, text), rows[i].address);
		cr_expect_eq(config.metrics.port, rows[i].port);
		cr_expect_eq(config.metrics.busiest, 20);
		config_free(&config);
	}
}

Test(config_listen, takes_no_as_nowhere)
{
	cr_assert_eq(read_listen("no"), 0, "%s", said);
	cr_expect_eq(config.metrics.address.family, 0);
	config_free(&config);
}

Test(config_listen, takes_nothing_else)
{
	static const char *const values[] = {
		"",
		"maybe",
		"192.0.2.1:",
		"192.0.2.1:0",
		"192.0.2.1:65536",
		":9268",
		"9268",
		"192.0.2.1:80:80",
		"::1",
		"[::1",
		"[::1]80",
		"[::1]:",
		"[192.0.2.1]:80",
		"2001:db8::1:80",
		"224.0.0.1",
		"[ff02::1]",
		"192.0.2.1 80",
		"[fe80::1%eth0]:80",
	};

	EACH(i, values)
	{
		cr_expect_eq(read_listen(values[i]), 2, "'%s'", values[i]);
		cr_expect(strstr(said, "expected yes, no, or an address"), "%s: %s", values[i],
			  said);
	}
}

Test(config_listen, is_printed_as_it_is_read)
{
	static const char *const rows[][2] = {{"no", "\nlisten = no\n"},
					      {"yes", "\nlisten = 127.0.0.1:9268\n"},
					      {"[::1]:80", "\nlisten = [::1]:80\n"}};

	EACH(i, rows)
	{
		char text[256];

		snprintf(text, sizeof(text),
			 "[interfaces]\ndownstream = lan0\n[metrics]\nlisten = %s\n", rows[i][0]);
		cr_assert_eq(read_conf_by("--config conf --print-config", text), 1, "%s", said);
		cr_expect(strstr(answered, rows[i][1]), "%s", answered);
	}
}
