/* SPDX-License-Identifier: BSD-2-Clause */
/* HTTP on one TCP socket, read only, by libmicrohttpd in our event loop: no threads of its own, and
 * no call that waits.
 *
 * Whoever can connect may ask for anything, as often as he likes, and gets nothing else: GET and
 * HEAD without a body. A connection serves one request, and ends after HTTP_DEADLINE in any case.
 * There are HTTP_CLIENTS_MAX of them; a new one takes the place of the oldest. No encryption and no
 * authentication: that is the work of a proxy in front. */
#pragma once

#include "base/addr.h"
#include "io/loop.h"

#include <stddef.h>

#define HTTP_CLIENTS_MAX 16
#define HTTP_DEADLINE    (30 * USEC_PER_SEC)

struct http;
struct http_request;

/* Somebody asks for `path`, which begins with a slash and is decoded. The owner answers each
 * request once, by http_reply(), within the call or later. */
typedef void http_fn(void *owner, struct http_request *request, const char *path);

/* Listens on address and port (host order). Returns 0 and the server in *opened, or a negative
 * errno. */
int http_open(struct http **opened, struct loop *loop, struct timers *timers,
	      const struct addr *address, uint16_t port, http_fn *fn, void *owner);
/* Drops all requests without a word to the owner. NULL is allowed. */
void http_close(struct http *http);

/* What the client has sent: a header, or an argument behind the path, decoded. NULL if there is
 * none. The text lives as long as the request. */
const char *http_header(struct http_request *request, const char *name);
const char *http_argument(struct http_request *request, const char *name);

/* Adds a header to the answer; before the loop goes on after http_reply(). */
void http_add_header(struct http_request *request, const char *name, const char *value);
/* Answers with a status of HTTP and a body of this media type. Takes over `body`, which is freed by
 * free(). */
void http_reply(struct http_request *request, unsigned status, const char *type, char *body,
		size_t length);
