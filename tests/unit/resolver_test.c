/* SPDX-License-Identifier: BSD-2-Clause */
/* What holds with a server that is silent, has one answer, refuses, or is not there. Other answers
 * are tested with a real server by the functional tests. */
#include "io/descriptors.h"
#include "io/resolver.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

static struct timers timers;
static struct loop *loop;
static struct resolver *resolver;
static int silent;
static unsigned answers;
static enum dns_status last_status;
static char last_detail[256], server[32];
static char error[128];

static void on_answer(void *owner, const struct dns_answer *answer)
{
	(void)owner;
	answers++;
	last_status = answer->status;
	snprintf(last_detail, sizeof(last_detail), "%s", answer->detail ? answer->detail : "");
	cr_assert_eq(answer->count, 0);
	loop_stop(loop);
}

static void start(usec_t timeout)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct resolver_options options = {.server_count = 1, .timeout = timeout};

	silent = socket(AF_INET, SOCK_DGRAM, 0);
	cr_assert_eq(bind(silent, (struct sockaddr *)&in, sizeof(in)), 0);
	getsockname(silent, (struct sockaddr *)&in, &(socklen_t){sizeof(in)});
	snprintf(server, sizeof(server), "127.0.0.1@%u", ntohs(in.sin_port));
	options.servers = (const char *const[]){server};
	loop = loop_new(&timers);
	resolver = resolver_new(loop, &timers, &options, error, sizeof(error));
	cr_assert_not_null(resolver, "%s", error);
}

static void set_up(void)
{
	start(200 * USEC_PER_MS);
}

static void set_up_patient(void)
{
	start(2 * USEC_PER_SEC);
}

static void tear_down(void)
{
	resolver_free(resolver);
	loop_free(loop);
	timers_free(&timers);
	if (silent >= 0)
		close(silent);
}

TestSuite(resolver, .init = set_up, .fini = tear_down, .timeout = 20);

Test(resolver, silence_is_a_timeout)
{
	usec_t started = timers.now;

	resolver_ask(resolver, "1.2.0.192.in-addr.arpa.", 260, on_answer, NULL);
	cr_assert_eq(loop_run(loop), 0);
	cr_assert_eq(answers, 1);
	cr_assert_eq(last_status, DNS_TIMEOUT);
	cr_assert_geq(timers.now - started, 200 * USEC_PER_MS);
	cr_assert_str_eq(last_detail, server);
}

/* Answers each question with the code that `owner` points to. */
static void on_question_refuse(void *owner, uint32_t events)
{
	struct sockaddr_in from;
	socklen_t size = sizeof(from);
	uint8_t bytes[512];
	ssize_t length = recvfrom(silent, bytes, sizeof(bytes), MSG_DONTWAIT,
				  (struct sockaddr *)&from, &size);

	(void)events;
	cr_assert_gt(length, 12);
	bytes[2] |= 0x80;
	bytes[3] = 0x80 | *(const uint8_t *)owner;
	cr_assert_eq(sendto(silent, bytes, length, 0, (struct sockaddr *)&from, size), length);
}

static const struct refusal_case {
	uint8_t rcode;
	const char *says;
} refusal_cases[] = {{2, "says SERVFAIL"}, {5, "says REFUSED"}, {4, "says NOTIMPL"}};

/* Once by the server, and once out of libunbound's cache. */
Test(patient_resolver, a_server_that_refuses_is_named_with_its_code, .init = set_up_patient,
     .fini = tear_down, .timeout = 20)
{
	for (size_t i = 0; i < sizeof(refusal_cases) / sizeof(refusal_cases[0]); i++) {
		const struct refusal_case *c = &refusal_cases[i];
		struct loop_watch *watch =
			loop_watch(loop, silent, EPOLLIN, on_question_refuse, (void *)&c->rcode);
		char name[32], expected[64];

		snprintf(name, sizeof(name), "%zu.Example.com.", i);
		snprintf(expected, sizeof(expected), "%s %s", server, c->says);
		for (int again = 0; again < 2; again++) {
			resolver_ask(resolver, name, 260, on_answer, NULL);
			cr_assert_eq(loop_run(loop), 0);
			cr_expect_eq(last_status, DNS_SERVER_FAILURE, "%s", c->says);
			cr_expect_str_eq(last_detail, expected);
		}
		loop_unwatch(watch);
	}
}

Test(resolver, a_server_that_is_not_there_cannot_be_reached)
{
	char expected[64];

	close(silent);
	silent = -1;
	snprintf(expected, sizeof(expected), "ICMP refuses packets to %s", server);
	resolver_ask(resolver, "1.2.0.192.in-addr.arpa.", 260, on_answer, NULL);
	cr_assert_eq(loop_run(loop), 0);
	cr_expect_eq(last_status, DNS_UNREACHABLE);
	cr_expect_str_eq(last_detail, expected);
}

Test(resolver, the_server_is_asked_again_after_a_timeout)
{
	uint8_t bytes[512];

	for (int i = 0; i < 8; i++) {
		resolver_ask(resolver, "1.2.0.192.in-addr.arpa.", 260, on_answer, NULL);
		cr_assert_eq(loop_run(loop), 0);
		cr_assert_eq(last_status, DNS_TIMEOUT);
	}
	/* A context of its own for each: otherwise the eight would share one question's repeats. */
	for (int i = 0; i < 8; i++)
		cr_assert_gt(recv(silent, bytes, sizeof(bytes), MSG_DONTWAIT), 0, "query %d", i);
}

Test(resolver, a_name_that_is_none_fails_after_the_call)
{
	resolver_ask(resolver, "no..name.", 260, on_answer, NULL);
	cr_assert_eq(answers, 0);
	cr_assert_eq(loop_run(loop), 0);
	cr_assert_eq(last_status, DNS_SERVER_FAILURE);
}

#define MANY 1500

static bool asked[MANY];
static unsigned asked_count;

/* The first label, behind header and length, is the question's number. */
static void on_question(void *owner, uint32_t events)
{
	char bytes[512];
	ssize_t length;
	unsigned number;

	(void)owner;
	(void)events;
	while ((length = recv(silent, bytes, sizeof(bytes) - 1, MSG_DONTWAIT)) > 13) {
		bytes[length] = '\0';
		cr_assert_eq(sscanf(bytes + 13, "%u", &number), 1);
		cr_assert_lt(number, MANY);
		asked_count += !asked[number];
		asked[number] = true;
	}
}

static void on_silence(void *owner, const struct dns_answer *answer)
{
	(void)owner;
	cr_assert_eq(answer->status, DNS_TIMEOUT);
	if (++answers == MANY)
		loop_stop(loop);
}

/* With fewer sockets, as long as some have no answer others are not even sent. */
Test(patient_resolver, questions_do_not_wait_for_others_without_an_answer, .init = set_up_patient,
     .fini = tear_down, .timeout = 20)
{
	struct loop_watch *watch = loop_watch(loop, silent, EPOLLIN, on_question, NULL);
	unsigned long most;

	cr_assert(descriptors_allow(2 * RESOLVER_SOCKETS, &most));
	for (int i = 0; i < MANY; i++) {
		char name[32];

		snprintf(name, sizeof(name), "%d.example.com.", i);
		resolver_ask(resolver, name, DNS_TYPE_A, on_silence, NULL);
	}
	cr_assert_eq(loop_run(loop), 0);
	cr_assert_eq(asked_count, MANY, "%u of %u were sent", asked_count, MANY);
	loop_unwatch(watch);
}

static unsigned questions;

/* Answers by one record, which holds for an hour. The question ends with its type and class; what
 * follows is the resolver's own record of EDNS. */
static void on_question_to_answer(void *owner, uint32_t events)
{
	static const uint8_t record[] = {0xc0, 12, 260 >> 8,  260 & 0xff,  0,   1,
					 0,    0,  3600 >> 8, 3600 & 0xff, 0,   2 + 4,
					 10,   1,  203,       0,           113, 15};
	uint8_t bytes[512] = {0};
	struct sockaddr_in from;
	size_t length = 12;

	(void)owner;
	(void)events;
	cr_assert_gt(recvfrom(silent, bytes, sizeof(bytes) - sizeof(record), 0,
			      (struct sockaddr *)&from, &(socklen_t){sizeof(from)}),
		     12);
	questions++;
	length += strlen((char *)bytes + length) + 1 + 4;
	memcpy(bytes + 2, (uint8_t[]){0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0}, 10);
	memcpy(bytes + length, record, sizeof(record));
	sendto(silent, bytes, length + sizeof(record), 0, (struct sockaddr *)&from, sizeof(from));
}

static void on_record(void *owner, const struct dns_answer *answer)
{
	(void)owner;
	cr_assert_eq(answer->status, DNS_OK);
	cr_assert_eq(answer->count, 1);
	answers++;
	loop_stop(loop);
}

static void ask_once(void)
{
	resolver_ask(resolver, "1.2.0.192.in-addr.arpa.", 260, on_record, NULL);
	cr_assert_eq(loop_run(loop), 0);
}

/* As when the wall clock is set, by which the cache goes. */
Test(patient_resolver, what_is_cached_can_be_forgotten, .init = set_up_patient, .fini = tear_down,
     .timeout = 20)
{
	struct loop_watch *watch = loop_watch(loop, silent, EPOLLIN, on_question_to_answer, NULL);

	ask_once();
	ask_once();
	cr_expect_eq(questions, 1, "%u: the second answer comes from the cache", questions);
	resolver_forget(resolver);
	ask_once();
	ask_once();
	cr_expect_eq(questions, 2, "%u", questions);
	cr_expect_eq(answers, 4);
	loop_unwatch(watch);
}

static void on_over(struct timer *timer)
{
	(void)timer;
	loop_stop(loop);
}

Test(resolver, a_cancelled_query_has_no_answer)
{
	struct timer over = {.fn = on_over};

	resolver_cancel(resolver_ask(resolver, "example.com.", DNS_TYPE_A, on_answer, NULL));
	timer_start(&timers, &over, 300 * USEC_PER_MS);
	cr_assert_eq(loop_run(loop), 0);
	cr_assert_eq(answers, 0);
}

Test(resolver, it_may_be_freed_with_questions_under_way)
{
	for (int i = 0; i < 100; i++) {
		char name[32];

		snprintf(name, sizeof(name), "%d.example.com.", i);
		resolver_ask(resolver, name, DNS_TYPE_A, on_answer, NULL);
	}
	resolver_free(resolver);
	resolver = NULL;
	cr_assert_eq(answers, 0);
}

Test(resolver, a_bad_address_is_refused_in_words)
{
	struct resolver_options options = {.servers = (const char *const[]){"dns.example"},
					   .server_count = 1};

	cr_assert_null(resolver_new(loop, &timers, &options, error, sizeof(error)));
	cr_assert_neq(strlen(error), 0);
}
