/* SPDX-License-Identifier: BSD-2-Clause */
/* The page on the rooms of requests_forward_lab.h. The lab plays io/http.h: it asks, and keeps the
 * answers. */
#pragma once

#include "io/http.h"
#include "page/page.h"
#include "requests_forward_lab.h"

#define PAGE_HEADERS 16

struct http_request {
	const char *host;
	const char *arguments[8]; /* name, value, ..., NULL */
	unsigned status;          /* 0: not answered */
	const char *type;
	char *body;
	size_t length;
	const char *headers[2 * PAGE_HEADERS];
	unsigned header_count;
};

static struct {
	struct page *page;
	http_fn *asked;
	void *owner;
} web;

int http_open(struct http **opened, struct loop *loop, struct timers *timers,
	      const struct addr *address, uint16_t port, http_fn *fn, void *owner)
{
	(void)loop;
	cr_assert_eq(timers, &lab.timers);
	cr_assert(address->family && port == 9268);
	*opened = NULL;
	web.asked = fn;
	web.owner = owner;
	return 0;
}

void http_close(struct http *http)
{
	cr_assert_null(http);
}

const char *http_header(struct http_request *request, const char *name)
{
	cr_assert_str_eq(name, "Host");
	return request->host;
}

const char *http_argument(struct http_request *request, const char *name)
{
	for (unsigned i = 0; request->arguments[i]; i += 2)
		if (strcmp(request->arguments[i], name) == 0)
			return request->arguments[i + 1];
	return NULL;
}

void http_add_header(struct http_request *request, const char *name, const char *value)
{
	cr_assert_lt(request->header_count, PAGE_HEADERS);
	request->headers[2 * request->header_count] = name;
	request->headers[2 * request->header_count++ + 1] = value;
}

void http_reply(struct http_request *request, unsigned status, const char *type, char *body,
		size_t length)
{
	cr_assert(!request->status, "a request gets one answer");
	*request = (struct http_request){
		.status = status, .type = type, .body = body, .length = length};
}

static inline void page_begin(void)
{
	req_begin_on_forward();
	req.config.metrics.address = address("127.0.0.1");
	req.config.metrics.port = 9268;
	req.config.metrics.page = true;
	req.config.metrics.busiest = 5;
	web.page = page_open(&req.requests, NULL);
	cr_assert(web.page);
}

static inline void page_end(void)
{
	page_close(web.page);
	req_end_on_forward();
}

static inline void page_ask(struct http_request *request, const char *path)
{
	web.asked(web.owner, request, path);
}

/* The answer to a request with these arguments: name, value, ..., NULL; or NULL. */
static inline struct http_request page_get(const char *path, const char *const *arguments)
{
	struct http_request request = {0};

	for (unsigned i = 0; arguments && arguments[i]; i++)
		request.arguments[i] = arguments[i];
	page_ask(&request, path);
	while (!request.status)
		cr_assert(timers_run_one(&lab.timers, lab.timers.now), "%s is not answered", path);
	return request;
}

/* The same as JSON, a new reference. */
static inline json_t *page_json(const char *path, const char *const *arguments)
{
	struct http_request answer = page_get(path, arguments);
	json_t *value;

	cr_assert_eq(answer.status, 200);
	cr_assert_str_eq(answer.type, "application/json");
	cr_assert_str_eq(answer.headers[1], "no-store");
	value = json_loads(answer.body, JSON_REJECT_DUPLICATES, NULL);
	cr_assert(value, "%s", answer.body);
	cr_assert_eq(strlen(answer.body), answer.length);
	free(answer.body);
	return value;
}
