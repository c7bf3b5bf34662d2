/* SPDX-License-Identifier: BSD-2-Clause */
/* The router side of IGMPv3 and MLDv2 in virtual time. There is a row for each transition in the
 * tables of RFC 3376 section 6 (RFC 3810 section 7 has the same), with the rules of RFC 4604. Every
 * row is run for both families.
 *
 * A script's words, on (Si,G) for the digits i of a source list ('-': none):
 *   is_in ex to_in to_ex allow block LIST   a report with one record
 *   lower higher proxy ours                 a General Query of such an address
 *   old                                     one of an older version, from a lower address
 *   q s l LIST                              a Group-and-Source Query from a higher address: plain,
 *                                           with the S flag; or from a lower one
 *   drain undrain                           another router shall be querier, or no longer
 *   +SECONDS                                time passes
 *
 * Sources are written i=SECONDS that are left; Queries g (General), f (a last one), q:LIST, s:LIST
 * (with the S flag). */
#include "fini.h"
#include "log_file.h"
#include "membership/querier.h"
#include "samples.h"
#include "virtual_time.h"

static struct timers timers;
static struct membership_querier querier;
static char sent[512];
static unsigned joined_calls, left_calls;
static bool full; /* joined() returns false */
static int family;
static struct prefixes groups;  /* the served groups: all */
static struct prefixes subnets; /* of the interface */

/* Robustness Variable of a received Query, and the code of its Query Interval. */
static uint8_t said_robustness, said_interval;
static bool router_alert; /* in received messages */

static struct addr ours, lower, higher, host, group;

static struct addr parsed(const char *v4, const char *v6)
{
	struct addr addr;

	cr_assert(addr_parse(family == AF_INET ? v4 : v6, &addr));
	return addr;
}

static struct sg sg_of(unsigned i)
{
	struct sg sg = {parsed("192.0.2.0", "2001:db8:5::"), group};

	sg.source.bytes[addr_length(family) - 2] += i >> 8;
	sg.source.bytes[addr_length(family) - 1] = i;
	return sg;
}

/* Sent messages */

static void note(const char *format, ...)
{
	size_t length = strlen(sent);
	va_list args;

	va_start(args, format);
	vsnprintf(sent + length, sizeof(sent) - length, format, args);
	va_end(args);
}

static void send_query(void *context, const struct addr *destination, const uint8_t *datagram,
		       size_t length)
{
	struct membership_message message;
	struct ip_datagram ip;
	struct addr source, all = parsed("224.0.0.1", "ff02::1");

	(void)context;
	cr_assert_eq(ip_decode(cursor_over(datagram, length), &ip), FAULT_NONE);
	cr_assert_eq(membership_decode(&ip, &message), FAULT_NONE);
	cr_assert_eq(message.kind, MEMBERSHIP_QUERY);
	cr_assert(addr_equal(&ip.source, &ours) && addr_equal(&ip.destination, destination));
	if (addr_is_unspecified(&message.group)) {
		cr_assert(addr_equal(destination, &all));
		note(message.query.query_interval == MEMBERSHIP_FAREWELL_INTERVAL ? " f" : " g");
		return;
	}
	cr_assert(addr_equal(destination, &group) && addr_equal(&message.group, &group));
	note(" %c:", message.suppress ? 's' : 'q');
	while (membership_next_source(&message.sources, family, &source))
		note("%u", source.bytes[addr_length(family) - 1]);
}

static bool joined(void *context, const struct sg *sg)
{
	(void)context;
	cr_assert(sg_is_forwardable(sg));
	cr_assert_not(membership_querier_find(&querier, sg), "once for each");
	if (full)
		return false;
	joined_calls++;
	return true;
}

static void left(void *context, const struct sg *sg)
{
	(void)context;
	cr_assert_not(membership_querier_find(&querier, sg));
	left_calls++;
}

static const struct membership_querier_actions actions = {
	.send = send_query, .joined = joined, .left = left};

static void begin_as(int as)
{
	family = as;
	ours = parsed("10.0.0.5", "fe80::5");
	/* In IPv6 only the interface identifier counts, by which it is lower. */
	lower = parsed("10.0.0.4", "fe80:0:0:1::4");
	higher = parsed("10.0.0.10", "fe80::10");
	host = parsed("10.0.0.50", "fe80::50");
	group = parsed("232.1.1.1", "ff3e::8000:1");
	timers = (struct timers){.now = 1000 * USEC_PER_SEC};
	subnets = (struct prefixes){.list = {{ours, family == AF_INET ? 24 : 64}}, .count = 1};
	querier = (struct membership_querier){
		.name = "lan0",
		.timers = &timers,
		.actions = &actions,
		.address = ours,
		.subnets = &subnets,
		.settings = {
			.robustness = 2, .query_interval = 125, .limit = 300, .groups = &groups}};
	joined_calls = left_calls = 0;
	said_robustness = 3;
	said_interval = 60;
	router_alert = true;
	full = false;
	sent[0] = '\0';
	membership_querier_start(&querier);
}

static void end(void)
{
	membership_querier_stop(&querier);
	fini_assert(timers_next(&timers) == USEC_NEVER, "a timer is left");
	timers_free(&timers);
}

static void begin(void)
{
	begin_as(AF_INET);
}

TestSuite(membership_querier, .init = begin, .fini = end);

static struct log_file log_file;

static void begin_with_log(void)
{
	log_file = log_file_begin();
	begin();
}

TestSuite(membership_querier_log, .init = begin_with_log, .fini = end);

/* Received messages. A checksum of 0 is filled in. */

static enum fault receive(const struct addr *from, const struct addr *to, struct writer *w)
{
	struct ip_datagram ip = {.source = *from,
				 .destination = *to,
				 .ttl = 1,
				 .router_alert = router_alert,
				 .payload = cursor_over(w->start, writer_length(w))};

	cr_assert_not(w->failed);
	ip.protocol = family == AF_INET ? MEMBERSHIP_IGMP : MEMBERSHIP_ICMPV6;
	writer_patch_u16(w, 2,
			 ip_message_checksum(from, to, ip.protocol, w->start, writer_length(w)));
	return membership_querier_receive(&querier, &ip);
}

static enum fault report(unsigned type, const struct addr *to, const unsigned *sources,
			 unsigned count)
{
	struct addr routers = membership_all_routers(family);
	uint8_t bytes[8192];
	struct writer w = writer_over(bytes, sizeof(bytes));

	writer_u8(&w, family == AF_INET ? 0x22 : 143);
	writer_zero(&w, 5);
	writer_u16(&w, 1);
	writer_u8(&w, type);
	writer_u8(&w, 0);
	writer_u16(&w, count);
	writer_addr(&w, to);
	for (unsigned i = 0; i < count; i++) {
		struct sg sg = sg_of(sources[i]);

		writer_addr(&w, &sg.source);
	}
	return receive(&host, &routers, &w);
}

static unsigned digits(const char *list, unsigned numbers[16])
{
	unsigned count = 0;

	for (; *list >= '0' && *list <= '9'; list++)
		numbers[count++] = *list - '0';
	return count;
}

static enum fault report_of(unsigned type, const char *list)
{
	unsigned numbers[16], count = digits(list, numbers);

	return report(type, &group, numbers, count);
}

static enum fault query(const struct addr *from, const struct addr *to, const struct addr *of,
			uint8_t flags, const char *list)
{
	unsigned numbers[16], count = digits(list, numbers);
	uint8_t bytes[512];
	struct writer w = writer_over(bytes, sizeof(bytes));

	writer_u8(&w, family == AF_INET ? 0x11 : 130);
	writer_u8(&w, family == AF_INET ? 100 : 0);
	writer_zero(&w, family == AF_INET ? 2 : 6);
	writer_addr(&w, of);
	writer_u8(&w, flags | said_robustness);
	writer_u8(&w, said_interval);
	writer_u16(&w, count);
	for (unsigned i = 0; i < count; i++) {
		struct sg sg = sg_of(numbers[i]);

		writer_addr(&w, &sg.source);
	}
	return receive(from, to, &w);
}

static enum fault general_query(const struct addr *from)
{
	struct addr all = parsed("224.0.0.1", "ff02::1"), none = {.family = family};

	return query(from, &all, &none, 0, "");
}

static enum fault old_message(const struct addr *from, uint8_t v4_type, uint8_t v6_type,
			      const struct addr *of)
{
	struct addr to = parsed("224.0.0.1", "ff02::1");
	uint8_t bytes[64];
	struct writer w = writer_over(bytes, sizeof(bytes));

	writer_u8(&w, family == AF_INET ? v4_type : v6_type);
	writer_u8(&w, family == AF_INET ? 100 : 0);
	writer_zero(&w, family == AF_INET ? 2 : 6);
	writer_addr(&w, of);
	return receive(from, &to, &w);
}

/* Scripts */

static const struct {
	const char *word;
	unsigned type;
} records[] = {
	{"is_in", MEMBERSHIP_IS_IN}, {"ex", MEMBERSHIP_IS_EX},    {"to_in", MEMBERSHIP_TO_IN},
	{"to_ex", MEMBERSHIP_TO_EX}, {"allow", MEMBERSHIP_ALLOW}, {"block", MEMBERSHIP_BLOCK},
};

static bool act_report(const char *word, const char *list)
{
	EACH(i, records)
	if (!strcmp(records[i].word, word)) {
		cr_assert_eq(report_of(records[i].type, list), FAULT_NONE);
		return true;
	}
	return false;
}

static enum fault act_query(const char *word, const char *list)
{
	struct addr none = {.family = family};

	if (!strcmp(word, "lower"))
		return general_query(&lower);
	if (!strcmp(word, "higher"))
		return general_query(&higher);
	if (!strcmp(word, "ours"))
		return general_query(&ours);
	if (!strcmp(word, "proxy"))
		return family == AF_INET ? general_query(&none) : FAULT_NONE;
	if (!strcmp(word, "old"))
		return old_message(&lower, 0x11, 130, &none);
	cr_assert(strchr("qsl", *word), "what is '%s'?", word);
	return query(*word == 'l' ? &lower : &higher, &group, &group, *word == 's' ? 8 : 0, list);
}

static bool takes_list(const char *word)
{
	EACH(i, records)
	if (!strcmp(records[i].word, word))
		return true;
	return !strcmp(word, "q") || !strcmp(word, "s") || !strcmp(word, "l");
}

static void play(const char *script)
{
	char *copy = strdup(script), *rest = copy, *word;

	while ((word = strsep(&rest, " "))) {
		const char *list = takes_list(word) ? strsep(&rest, " ") : "";

		if (strstr(word, "drain"))
			membership_querier_drain(&querier, *word == 'd');
		else if (*word == '+')
			run_for(&timers, atof(word + 1));
		else if (!act_report(word, list))
			cr_assert_eq(act_query(word, list), FAULT_NONE, "%s", word);
	}
	free(copy);
}

static const char *state(void)
{
	static char text[256];

	text[0] = '\0';
	for (unsigned i = 0; i < 10; i++) {
		struct sg sg = sg_of(i);
		const struct membership_source *source = membership_querier_find(&querier, &sg);
		size_t length = strlen(text);

		if (source)
			snprintf(text + length, sizeof(text) - length, "%s%u=%g", length ? " " : "",
				 i, (double)timer_left(&timers, &source->expiry) / USEC_PER_SEC);
	}
	return text;
}

/* clang-format off */
/* Rows begin after the first General Query. */
static const struct row {
	const char *what, *script, *state, *sent;
	unsigned joined, left;
} rows[] = {
	/* RFC 3376 section 6.4.1, RFC 3810 section 7.4.1 */
	{"INCLUDE(A) IS_IN(B): A+B, (B)=GMI", "is_in 12 +10 is_in 23", "1=250 2=260 3=260", "", 3, 0},
	{"INCLUDE(A) IS_IN(-): nothing", "is_in 1 +10 is_in -", "1=250", "", 1, 0},
	{"a source timer ends: left", "is_in 12 +200 is_in 2 +59", "1=1 2=201", " g g", 2, 0},
	{"a source timer ends: left, 1 s later", "is_in 12 +200 is_in 2 +60", "2=200", " g g", 2, 1},
	{"the last source timer ends", "is_in 1 +260", "", " g g", 1, 1},
	{"and it is joined again", "is_in 1 +260 is_in 1", "1=260", " g g", 2, 1},

	/* RFC 4604 section 3.1 */
	{"IS_EX is ignored", "is_in 1 +10 ex - ex 1 ex 2", "1=250", "", 1, 0},
	{"TO_EX is ignored", "is_in 1 +10 to_ex - to_ex 1 to_ex 2", "1=250", "", 1, 0},

	/* RFC 3376 section 6.4.2, RFC 3810 section 7.4.2 */
	{"INCLUDE(A) ALLOW(B): A+B, (B)=GMI", "allow 12 +10 allow 23", "1=250 2=260 3=260", "", 3, 0},
	{"INCLUDE(A) BLOCK(B): Q(G,A*B)", "allow 12 +10 block 23", "1=250 2=2", " q:2", 2, 0},
	{"INCLUDE(A) BLOCK(B), none of A: no Query", "allow 1 +10 block 2", "1=250", "", 1, 0},
	{"INCLUDE() BLOCK(B): nothing", "block 1", "", "", 0, 0},
	{"INCLUDE(A) TO_IN(B): (B)=GMI, Q(G,A-B)", "allow 12 +10 to_in 23", "1=2 2=260 3=260", " q:1", 3, 0},
	{"INCLUDE(A) TO_IN(A): no Query", "allow 12 +10 to_in 12", "1=260 2=260", "", 2, 0},
	{"INCLUDE(A) TO_IN(-): Q(G,A)", "allow 12 to_in -", "1=2 2=2", " q:12", 2, 0},
	{"INCLUDE() TO_IN(-): nothing", "to_in -", "", "", 0, 0},

	/* RFC 3376 section 6.6.3.2, RFC 3810 section 7.6.3.2 */
	{"Last Member Query Count, and Interval", "allow 1 block 1 +0.99", "1=1.01", " q:1", 1, 0},
	{"the second of two", "allow 1 block 1 +1", "1=1", " q:1 q:1", 1, 0},
	{"Last Member Query Time: left", "allow 1 block 1 +2", "", " q:1 q:1", 1, 1},
	{"no third one", "allow 12 block 1 +9", "2=251", " q:1 q:1", 2, 1},
	{"an answer in time keeps it", "allow 1 block 1 +0.5 is_in 1 +0.4", "1=259.6", " q:1", 1, 0},
	{"and the next Query has the S flag", "allow 1 block 1 +0.5 is_in 1 +2.5", "1=257.5", " q:1 s:1", 1, 0},
	{"one answers, one does not", "allow 12 block 12 +0.5 is_in 1 +2.5", "1=257.5", " q:12 s:1 q:2", 2, 1},
	{"pending Queries are merged", "allow 12 block 1 +0.5 block 2 +1 +3", "", " q:1 q:12 q:2", 2, 2},
	{"timer at LMQT already: not asked anew", "allow 1 block 1 +0.5 block 1", "1=1.5", " q:1", 1, 0},
	{"timer at LMQT by itself: not asked", "allow 1 +258 block 1", "1=2", " g g", 1, 0},
	{"a BLOCK without end does not keep it", "allow 1 block 1 +1 block 1 +1", "", " q:1 q:1", 1, 1},
	{"joined and left again meanwhile", "allow 1 block 1 +0.5 allow 1 block 1 +9", "", " q:1 q:1 q:1", 1, 1},

	/* RFC 3376 section 6.6.1, RFC 3810 section 7.6.1 */
	{"another's Q(G,A): lowered to LMQT", "allow 12 +10 q 2", "1=250 2=2", "", 2, 0},
	{"and it ends", "allow 12 +10 q 2 +2", "1=248", "", 2, 1},
	{"not raised", "allow 1 +259 q 1", "1=1", " g g", 1, 0},
	{"with the S flag: nothing", "allow 12 +10 s 2", "1=250 2=250", "", 2, 0},
	{"of a lower address: lowered, and no election", "allow 12 +10 l 2 +30", "1=220", " g", 2, 1},
	{"for what nobody wants: nothing", "allow 1 q 2", "1=260", "", 1, 0},

	/* RFC 3376 section 6.6.2, RFC 3810 section 7.6.2 */
	{"Querier: asks every Query Interval", "+31.25 +31.25 +125 +125", "", " g g g", 0, 0},
	{"Querier, a higher address: goes on", "+31.25 higher +125", "", " g g", 0, 0},
	{"Querier, our own Query: goes on", "+31.25 ours +125", "", " g g", 0, 0},
	{"Querier, 0.0.0.0: goes on", "+31.25 proxy +125", "", " g g", 0, 0},
	{"Querier, a lower address: silent", "lower +184", "", "", 0, 0},
	/* The other's robustness 3, 60 s: 3 * 60 + 10 / 2 */
	{"Other Querier Present ends", "lower +185", "", " g", 0, 0},
	{"then every Query Interval of ours", "lower +185 +124.9", "", " g", 0, 0},
	{"then every Query Interval of ours, 2", "lower +185 +125 +125", "", " g g g", 0, 0},
	{"another lower Query prolongs it", "lower +184 lower +184", "", "", 0, 0},
	{"a higher one does not", "lower +184 higher +1", "", " g", 0, 0},
	{"an old one: silent, with our values", "old +254", "", "", 0, 0},
	{"an old one: Other Querier Present ends", "old +255", "", " g", 0, 0},
	{"Non-Querier: reports count, with the other's values", "lower is_in 1", "1=190", "", 1, 0},
	{"Non-Querier: BLOCK asks nobody", "lower is_in 1 block 1 +5", "1=185", "", 1, 0},
	{"Non-Querier: TO_IN asks nobody", "lower is_in 1 to_in - +5", "1=185", "", 1, 0},
	{"Non-Querier: the querier's LMQT is 3 s", "lower is_in 1 q 1", "1=3", "", 1, 0},
	{"Querier no more: pending Queries stop", "allow 1 block 1 lower +1.5", "1=0.5", " q:1", 1, 0},
	{"Querier again: our values", "lower +185 is_in 1", "1=260", " g", 1, 0},
	{"Querier again: BLOCK asks", "lower +185 is_in 1 block 1", "1=2", " g q:1", 1, 0},

	/* Stepping down: the others adopt the Query Interval (RFC 3376 section 4.1.7) */
	{"drain: last Queries, as many as robustness", "drain +1 +240", "", " f f", 0, 0},
	{"drain: memberships stay, and nobody is asked", "is_in 1 drain block 1 +5", "1=255", " f f", 1, 0},
	{"drain: pending Queries stop", "allow 1 block 1 drain +1.5", "1=0.5", " q:1 f f", 1, 0},
	{"drain: a higher address takes over", "drain +7 higher +184", "", " f f", 0, 0},
	{"drain: at once, too", "drain higher +184", "", " f", 0, 0},
	{"drain: and is gone: we ask", "drain +7 higher +185", "", " f f g", 0, 0},
	{"drain: nobody takes over", "is_in 1 drain +244.9", "1=15.1", " f f", 1, 0},
	{"drain: nobody takes over: we ask in time", "is_in 1 drain +245", "1=15", " f f g", 1, 0},
	{"drain: and yield to a higher address still", "drain +245 higher +125", "", " f f g", 0, 0},
	{"drain: no Query of 0.0.0.0 takes over", "drain proxy +245", "", " f f g", 0, 0},
	{"drain: of a Non-Querier", "lower drain +10", "", "", 0, 0},
	{"drained, once more", "drain +7 higher drain +10", "", " f f", 0, 0},
	{"drain ends: the election begins anew", "drain +7 higher undrain +31.25", "", " f f g g", 0, 0},
	{"drain ends at once", "drain undrain +31.25", "", " f g g", 0, 0},
	{"drain ends, a lower one is querier", "drain +7 lower undrain +100", "", " f f", 0, 0},
	{"drain ends, we ask already", "drain +245 undrain +1", "", " f f g", 0, 0},
};
/* clang-format on */

static void run_row(const struct row *row)
{
	cr_expect_str_eq(sent, " g", "asks at once");
	sent[0] = '\0';
	play(row->script);
	cr_expect_str_eq(state(), row->state, "%d: %s: state '%s'", family, row->what, state());
	cr_expect_str_eq(sent, row->sent, "%d: %s: sent '%s'", family, row->what, sent);
	cr_expect_eq(joined_calls, row->joined, "%d: %s: %u joined", family, row->what,
		     joined_calls);
	cr_expect_eq(left_calls, row->left, "%d: %s: %u left", family, row->what, left_calls);
}

Test(membership_querier, transitions)
{
	static const int families[] = {AF_INET, AF_INET6};

	EACH(f, families)
	EACH(i, rows)
	{
		end();
		begin_as(families[f]);
		run_row(&rows[i]);
	}
}

/* RFC 3376 sections 8.6 and 8.7 */
Test(membership_querier, startup_queries)
{
	run_for(&timers, 31);
	cr_expect_str_eq(sent, " g");
	run_for(&timers, 0.25);
	cr_expect_str_eq(sent, " g g", "a quarter of the Query Interval");
	run_for(&timers, 124);
	cr_expect_str_eq(sent, " g g", "Startup Query Count is 2");
	run_for(&timers, 1);
	cr_expect_str_eq(sent, " g g g");
	cr_expect_eq(querier.counters.queries_sent, 3);
}

Test(membership_querier, another_address)
{
	play("is_in 1 lower +5");
	cr_assert(querier.other.family);
	sent[0] = '\0';
	ours = parsed("10.0.0.3", "fe80::3");
	membership_querier_readdress(&querier, &ours);
	cr_expect_str_eq(sent, " g", "at once");
	cr_expect_not(querier.other.family);
	cr_expect(membership_querier_count(&querier) == 1 && left_calls == 0);
	run_for(&timers, 32);
	cr_expect_str_eq(sent, " g g", "as at the start");
	play("higher");
	cr_expect_not(querier.other.family);
}

static void restart_with(unsigned robustness, unsigned interval, unsigned limit)
{
	end();
	timers = (struct timers){0};
	querier.settings = (struct membership_settings){.robustness = robustness,
							.query_interval = interval,
							.limit = limit,
							.groups = &groups};
	querier.sources = NULL;
	querier.groups = NULL;
	sent[0] = '\0';
	membership_querier_start(&querier);
}

Test(membership_querier, robustness_and_interval_are_what_is_configured)
{
	restart_with(3, 60, 10);
	run_for(&timers, 30);
	cr_expect_str_eq(sent, " g g g");
	sent[0] = '\0';
	play("is_in 1");
	cr_expect_str_eq(state(), "1=190");
	play("block 1");
	cr_expect_str_eq(state(), "1=3");
	run_for(&timers, 5);
	cr_expect_str_eq(sent, " q:1 q:1 q:1");
	restart_with(1, 60, 10);
	run_for(&timers, 59);
	cr_expect_str_eq(sent, " g", "Startup Query Count is 1");
	play("is_in 1 block 1 +0.9");
	cr_expect_str_eq(state(), "1=0.1");
	cr_expect_eq(left_calls, 1);
}

Test(membership_querier, startup_is_over_where_another_was_querier)
{
	restart_with(3, 60, 10);
	play("lower +185 +59");
	cr_expect_str_eq(sent, " g g");
	run_for(&timers, 1);
	cr_expect_str_eq(sent, " g g g");
}

/* RFC 3376 section 4.1.12, RFC 3810 section 5.1.15 */
Test(membership_querier, a_query_goes_to_those_whom_it_asks)
{
	static const int families[] = {AF_INET, AF_INET6};

	EACH(f, families)
	{
		struct addr all, none = {.family = families[f]};

		end();
		begin_as(families[f]);
		all = parsed("224.0.0.1", "ff02::1");
		play("allow 12 +10");
		cr_expect_eq(query(&lower, &group, &none, 0, ""), FAULT_DESTINATION);
		cr_expect_eq(query(&lower, &ours, &none, 0, ""), FAULT_DESTINATION);
		cr_expect_eq(query(&lower, &all, &group, 0, "1"), FAULT_DESTINATION);
		cr_expect_eq(query(&higher, &ours, &group, 0, "1"), FAULT_DESTINATION);
		cr_expect_not(querier.other.family, "we are querier still");
		cr_expect_str_eq(state(), "1=250 2=250");
	}
}

/* RFC 3376 section 9 */
Test(membership_querier, what_is_of_no_subnet_of_the_interface_is_refused)
{
	struct addr stranger = parsed("1.2.3.4", "");
	unsigned one = 1;

	lower = host = stranger;
	cr_expect_eq(general_query(&stranger), FAULT_SENDER);
	cr_expect_eq(report(MEMBERSHIP_ALLOW, &group, &one, 1), FAULT_SENDER);
	cr_expect_eq(old_message(&stranger, 0x11, 130, &(struct addr){.family = family}),
		     FAULT_SENDER);
	cr_expect_eq(old_message(&stranger, 0x12, 131, &group), FAULT_SENDER);
	cr_expect_not(querier.other.family);
	cr_expect_eq(joined_calls, 0);
	cr_assert(prefix_parse("1.2.3.0/24", &subnets.list[subnets.count++]));
	play("is_in 1");
	cr_expect_eq(joined_calls, 1, "of a second subnet of the interface");
	host = parsed("169.254.3.4", "");
	play("is_in 2");
	cr_expect_eq(joined_calls, 2, "of a host that found no DHCP server");
	host = stranger;
	subnets.count = 0;
	play("is_in 3");
	cr_expect_eq(joined_calls, 3, "with no subnet there is nothing to tell by");
}

/* RFC 3376 section 8.5 has no bound: 7 * 31744 s are two and a half days. */
Test(membership_querier, another_querier_cannot_claim_what_it_likes)
{
	static const int families[] = {AF_INET, AF_INET6};

	EACH(f, families)
	{
		end();
		begin_as(families[f]);
		said_robustness = 7;
		said_interval = 255;
		play("lower is_in 1");
		cr_expect_str_eq(state(), "1=660");
		sent[0] = '\0';
		run_for(&timers, 599);
		cr_expect_str_eq(sent, "");
		run_for(&timers, 1);
		cr_expect_str_eq(sent, " g", "ten minutes at most");
		cr_expect_str_eq(state(), "1=60", "long enough for an answer");
		said_robustness = said_interval = 1;
		play("lower is_in 1");
		cr_expect_str_eq(state(), "1=60");
		run_for(&timers, 6);
		cr_expect_not(querier.other.family);
		cr_expect_str_eq(state(), "1=54", "long enough for an answer");
		play("is_in 1");
		cr_expect_str_eq(state(), "1=260", "by our own values again");
	}
}

Test(membership_querier, router_alert_is_asked_for_where_that_is_wanted)
{
	static const int families[] = {AF_INET, AF_INET6};

	EACH(f, families)
	{
		unsigned one = 1;

		end();
		begin_as(families[f]);
		router_alert = false;
		play("is_in 2 higher");
		cr_expect_eq(joined_calls, 1);
		querier.settings.require_router_alert = true;
		cr_expect_eq(report(MEMBERSHIP_ALLOW, &group, &one, 1), FAULT_OFF_LINK);
		cr_expect_eq(general_query(&lower), FAULT_OFF_LINK);
		cr_expect_not(querier.other.family);
		play("old");
		cr_expect(querier.other.family, "old versions know none");
		router_alert = true;
		play("is_in 1");
		cr_expect_eq(joined_calls, 2);
	}
}

/* RFC 4604 sections 3.1, 3.5, 3.7 */
Test(membership_querier, what_names_no_source_is_counted)
{
	struct addr any_source = parsed("239.1.1.1", "");
	struct addr link_scope = parsed("224.0.0.251", "");
	const struct membership_counters *counters = &querier.counters;

	play("ex - ex 1 to_ex -");
	cr_expect_eq(counters->no_source, 3);
	cr_expect_eq(old_message(&host, 0x12, 131, &group), FAULT_NONE);
	cr_expect_eq(old_message(&host, 0x16, 131, &group), FAULT_NONE);
	cr_expect_eq(old_message(&host, 0x17, 132, &group), FAULT_NONE);
	cr_expect_eq(counters->old_reports, 3);
	cr_expect_eq(counters->skipped, 0);
	report(MEMBERSHIP_IS_EX, &any_source, NULL, 0);
	report(MEMBERSHIP_IS_EX, &link_scope, NULL, 0);
	old_message(&host, 0x16, 131, &any_source);
	report(99, &group, (unsigned[]){1}, 1);
	cr_expect_eq(counters->skipped, 4);
	cr_expect_eq(counters->no_source + counters->old_reports, 6);
	cr_expect_eq(counters->reports_received, 6);
	cr_expect_eq(joined_calls, 0);
	play("old");
	cr_expect_eq(counters->old_queries, 1);
	cr_expect_eq(counters->queries_received, 1);
}

/* Other records of the same report count (RFC 4604 section 3.1). */
Test(membership_querier, records_of_a_report_count_each_for_itself)
{
	struct addr routers = membership_all_routers(family);
	struct cursor bytes =
		from_hex("22000000 00000004 02000000 e8010101 63000001 e8010101 c0000205"
			 "05010001 e8010101 c0000201 deadbeef 05000001 e0000016 c0000202");
	struct writer w = writer_over((void *)bytes.at, cursor_left(&bytes));

	w.at = w.end;
	cr_expect_eq(receive(&host, &routers, &w), FAULT_NONE);
	cr_expect_str_eq(state(), "1=260");
	cr_expect_eq(querier.counters.no_source, 1);
	cr_expect_eq(querier.counters.skipped, 2, "unknown record, group of link scope");
	exact_free(bytes);
}

Test(membership_querier, groups_outside_the_ssm_range_are_served_by_source)
{
	unsigned one = 1;

	group = parsed("239.1.1.1", "");
	cr_expect_eq(report(MEMBERSHIP_IS_IN, &group, &one, 1), FAULT_NONE);
	cr_expect_eq(joined_calls, 1);
}

Test(membership_querier, only_groups_that_are_configured_are_served)
{
	cr_assert(prefix_parse("239.0.0.0/8", &groups.list[groups.count++]));
	play("is_in 12");
	cr_expect_eq(joined_calls, 0);
	cr_expect_eq(querier.counters.skipped, 2);
	group = parsed("239.1.1.1", "");
	play("is_in 1");
	cr_expect_eq(joined_calls, 1);
}

/* RFC 3810 section 5.2.13 */
Test(membership_querier, a_report_from_the_unspecified_address)
{
	host = parsed("0.0.0.0", "");
	play("is_in 1");
	cr_expect_eq(joined_calls, 1, "IGMP takes it (RFC 3376 section 4.2.13)");
	end();
	begin_as(AF_INET6);
	host = (struct addr){.family = family};
	play("is_in 1");
	cr_expect_eq(joined_calls, 0, "MLD does not");
}

Test(membership_querier, spoilt_messages_change_nothing)
{
	struct cursor datagram = sample_datagram("igmp3-report-allow", 0);
	struct ip_datagram ip;

	cr_assert_eq(ip_decode(datagram, &ip), FAULT_NONE);
	ip.ttl = 2;
	cr_expect_eq(membership_querier_receive(&querier, &ip), FAULT_OFF_LINK);
	ip.ttl = 1;
	ip.payload.end--;
	cr_expect_neq(membership_querier_receive(&querier, &ip), FAULT_NONE);
	cr_expect_eq(joined_calls, 0);
	ip.payload.end++;
	cr_expect_eq(membership_querier_receive(&querier, &ip), FAULT_NONE);
	cr_expect_eq(joined_calls, 1);
	exact_free(datagram);
}

Test(membership_querier, limits)
{
	unsigned numbers[300];

	for (unsigned i = 0; i < 300; i++)
		numbers[i] = i + 1;
	cr_expect_eq(report(MEMBERSHIP_ALLOW, &group, numbers, 300), FAULT_LIMIT);
	cr_expect_eq(membership_querier_count(&querier), MEMBERSHIP_SOURCES_MAX, "of one group");
	group.bytes[3]++;
	cr_expect_eq(report(MEMBERSHIP_ALLOW, &group, numbers, 50), FAULT_LIMIT);
	cr_expect_eq(membership_querier_count(&querier), 300, "of the interface");
	cr_expect_eq(report(MEMBERSHIP_ALLOW, &group, numbers, 44), FAULT_NONE, "a refresh");
	run_for(&timers, 260);
	cr_expect_eq(left_calls, 300);
	full = true;
	cr_expect_eq(report(MEMBERSHIP_ALLOW, &group, numbers, 1), FAULT_LIMIT, "of all channels");
	cr_expect_eq(membership_querier_count(&querier), 0);
	full = false;
	cr_expect_eq(report(MEMBERSHIP_ALLOW, &group, numbers, 1), FAULT_NONE);
}

Test(membership_querier_log, what_is_refused_is_in_the_log)
{
	unsigned numbers[300], lines = 0;
	char *log;

	for (unsigned i = 0; i < 300; i++)
		numbers[i] = i + 1;
	report(MEMBERSHIP_ALLOW, &group, numbers, 300);
	group.bytes[3]++;
	report(MEMBERSHIP_ALLOW, &group, numbers, 50);
	log = log_file_end(&log_file);
	for (const char *at = log; (at = strstr(at, "of host 10.0.0.50 on lan0 rejected")); at++)
		lines++;
	free(log);
	cr_expect_eq(lines, 2, "a line for each limit, not %u", lines);
}

/* A host joins and leaves all the time. Queries for the leaves of others are delayed.
 */
Test(membership_querier, leaves_do_not_make_it_shout)
{
	const unsigned one = 1, burst = MEMBERSHIP_QUERY_RATE / 10;

	for (unsigned i = 0; i < 10 * burst; i++) {
		sent[0] = '\0';
		cr_assert_eq(report(MEMBERSHIP_ALLOW, &group, &one, 1), FAULT_NONE);
		cr_assert_eq(report(MEMBERSHIP_BLOCK, &group, &one, 1), FAULT_NONE);
	}
	cr_expect_eq(querier.counters.queries_sent, 1 + burst);
	cr_expect_eq(querier.counters.queries_delayed, 9 * burst);
	sent[0] = '\0';
	run_for(&timers, 2);
	cr_expect_geq(querier.counters.queries_sent, 1 + burst + 1, "asked a second later");
	cr_expect_eq(left_calls, 1, "and left");
}

/* 75 IPv6 sources fit the shortest link (RFC 3810 section 5.1.10: as many Queries as it takes). */
Test(membership_querier, many_sources_are_asked_for_in_several_queries)
{
	unsigned numbers[160];

	end();
	begin_as(AF_INET6);
	for (unsigned i = 0; i < 160; i++)
		numbers[i] = i + 1;
	cr_expect_eq(report(MEMBERSHIP_ALLOW, &group, numbers, 160), FAULT_NONE);
	cr_expect_eq(report(MEMBERSHIP_BLOCK, &group, numbers, 160), FAULT_NONE);
	cr_expect_eq(querier.counters.queries_sent, 1 + 3);
	run_for(&timers, 2);
	cr_expect_eq(left_calls, 160);
	cr_expect_eq(querier.counters.queries_sent, 1 + 3 + 3);
}

Test(membership_querier, adopted_state_lives_by_a_report_or_ends)
{
	struct sg one = sg_of(1), two = sg_of(2);

	cr_expect(membership_querier_adopt(&querier, &one));
	cr_expect_not(membership_querier_adopt(&querier, &one));
	cr_expect(membership_querier_adopt(&querier, &two));
	run_for(&timers, 200);
	play("is_in 1 +60");
	cr_expect_str_eq(state(), "1=200");
	cr_expect_eq(joined_calls, 0, "it was wanted all the time");
	cr_expect_eq(left_calls, 1);
}
