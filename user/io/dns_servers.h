/* SPDX-License-Identifier: BSD-2-Clause */
/* What each DNS server did about a question. libunbound only tells that no server gave a usable
 * answer. So the replies that its sockets have are looked at before it reads them: which server
 * sent them, to which question, with which code. */
#pragma once

#include "base/dns.h"
#include "base/time.h"

#define DNS_DETAIL_MAX 256 /* bytes of a sentence about all servers, with the NUL */

struct dns_servers;

/* `texts` are servers as resolver.h has them; one that is no address is left out. */
struct dns_servers *dns_servers_new(char *const *texts, unsigned count);
void dns_servers_free(struct dns_servers *servers); /* NULL is allowed */

/* A socket of libunbound is about to be read. */
void dns_servers_look(struct dns_servers *servers, int fd, usec_t now);

/* Why the question that was asked at `asked` has no usable answer: DNS_SERVER_FAILURE,
 * DNS_UNREACHABLE or DNS_TIMEOUT. Writes what each server did. */
enum dns_status dns_servers_judge(const struct dns_servers *servers, const char *name,
				  unsigned type, usec_t asked, usec_t now,
				  char detail[DNS_DETAIL_MAX]);
