/* SPDX-License-Identifier: BSD-2-Clause */
/* What resolv.conf(5) says of DNS servers and search domains. libunbound and ldns read the file,
 * too, but neither takes an address with a zone (fe80::1%eth0), which is what stands there where a
 * router announces itself (RFC 8106). */
#pragma once

#include <stdbool.h>

#define RESOLV_CONF         "/etc/resolv.conf"
#define RESOLV_CONF_SERVERS 8 /* that are read; the C library takes 3 */

struct resolv_conf {
	char *servers[RESOLV_CONF_SERVERS]; /* as they stand there; none: the local host */
	unsigned server_count;
	char *domain; /* the first one to search in; NULL: none */
};

/* False, and errno, where the file cannot be read; then there is nothing to free. */
bool resolv_conf_read(const char *path, struct resolv_conf *conf);
void resolv_conf_free(struct resolv_conf *conf);
