/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads DNS servers and the search domain from resolv.conf(5). libunbound and ldns can read the
 * file, too, but neither accepts an address with a zone (fe80::1%eth0), which a router that
 * announces itself leaves there (RFC 8106). */
#pragma once

#include <stdbool.h>

#define RESOLV_CONF             "/etc/resolv.conf"
#define RESOLV_CONF_SERVERS_MAX 8 /* the C library takes 3 */

struct resolv_conf {
	char *servers[RESOLV_CONF_SERVERS_MAX]; /* none means the local host */
	unsigned server_count;
	char *domain; /* the first search domain, or NULL */
};

/* Returns false with errno set if the file cannot be read; then there is nothing to free. */
bool resolv_conf_read(const char *path, struct resolv_conf *conf);
void resolv_conf_free(struct resolv_conf *conf);
