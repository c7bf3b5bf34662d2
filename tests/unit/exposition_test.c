/* SPDX-License-Identifier: BSD-2-Clause */
/* Prometheus's text format, from values. */
#include "metrics/exposition.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct exposition out;

static void begin(void)
{
	out = (struct exposition){0};
}

static void end(void)
{
	free(out.text.bytes);
}

TestSuite(exposition, .init = begin, .fini = end);

static void expect_text(const char *text)
{
	cr_expect_str_eq(out.text.bytes, text, "%s", out.text.bytes);
	cr_expect_eq(out.text.length, strlen(text));
}

Test(exposition, a_family_has_its_head_and_its_samples)
{
	exposition_family(&out, "lost_total", EXPOSITION_COUNTER, "What was lost.");
	exposition_count(&out, 0, NULL);
	exposition_family(&out, "up", EXPOSITION_GAUGE, "What is up.");
	exposition_count(&out, 1, "interface", "lan0", NULL);
	exposition_count(&out, UINT64_MAX, "interface", "lan1", "family", "ipv4", NULL);
	expect_text("# HELP lost_total What was lost.\n"
		    "# TYPE lost_total counter\n"
		    "lost_total 0\n"
		    "# HELP up What is up.\n"
		    "# TYPE up gauge\n"
		    "up{interface=\"lan0\"} 1\n"
		    "up{interface=\"lan1\",family=\"ipv4\"} 18446744073709551615\n");
}

Test(exposition, texts_of_labels_are_escaped)
{
	exposition_family(&out, "up", EXPOSITION_GAUGE, "Up.");
	out.text.length = 0;
	exposition_count(&out, 1, "reason", "a \"b\\c\"\nd\\", NULL);
	exposition_count(&out, 1, "reason", "", NULL);
	expect_text("up{reason=\"a \\\"b\\\\c\\\"\\nd\\\\\"} 1\n"
		    "up{reason=\"\"} 1\n");
}

Test(exposition, values_and_times)
{
	static const struct {
		usec_t time;
		const char *text;
	} rows[] = {{0, "t 0\n"},
		    {1, "t 0.000001\n"},
		    {2500, "t 0.0025\n"},
		    {10 * USEC_PER_SEC, "t 10\n"},
		    {1795747200123456, "t 1795747200.123456\n"}};

	exposition_family(&out, "t", EXPOSITION_GAUGE, "T.");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		out.text.length = 0;
		exposition_time(&out, rows[i].time, NULL);
		expect_text(rows[i].text);
	}
	out.text.length = 0;
	exposition_value(&out, 0.25, "a", "b", NULL);
	exposition_value(&out, 1e12, NULL);
	expect_text("t{a=\"b\"} 0.25\nt 1000000000000\n");
}

/* Buckets are cumulative; the last one holds all. */
Test(exposition, a_histogram)
{
	struct histogram histogram = {.sum = 31500000};
	const char *text;

	histogram.counts[0] = 2;
	histogram.counts[3] = 1;
	histogram.counts[HISTOGRAM_BOUNDS] = 4;
	exposition_family(&out, "d_seconds", EXPOSITION_HISTOGRAM, "D.");
	exposition_histogram(&out, &histogram, "step", "dns");
	text = out.text.bytes;
	cr_expect(strstr(text, "# TYPE d_seconds histogram\n"));
	cr_expect(strstr(text, "\nd_seconds_bucket{step=\"dns\",le=\"0.001\"} 2\n"));
	cr_expect(strstr(text, "\nd_seconds_bucket{step=\"dns\",le=\"0.0025\"} 2\n"));
	cr_expect(strstr(text, "\nd_seconds_bucket{step=\"dns\",le=\"0.01\"} 3\n"));
	cr_expect(strstr(text, "\nd_seconds_bucket{step=\"dns\",le=\"30\"} 3\n"));
	cr_expect(strstr(text, "\nd_seconds_bucket{step=\"dns\",le=\"+Inf\"} 7\n"));
	cr_expect(strstr(text, "\nd_seconds_sum{step=\"dns\"} 31.5\n"));
	cr_expect(strstr(text, "\nd_seconds_count{step=\"dns\"} 7\n"));
}

Test(exposition, a_histogram_without_a_label)
{
	struct histogram histogram = {0};

	exposition_family(&out, "d_seconds", EXPOSITION_HISTOGRAM, "D.");
	exposition_histogram(&out, &histogram, NULL, NULL);
	cr_expect(strstr(out.text.bytes, "\nd_seconds_bucket{le=\"+Inf\"} 0\n"), "%s",
		  out.text.bytes);
	cr_expect(strstr(out.text.bytes, "\nd_seconds_sum 0\n"));
	cr_expect(strstr(out.text.bytes, "\nd_seconds_count 0\n"));
}
