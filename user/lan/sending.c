/* SPDX-License-Identifier: BSD-2-Clause */
#include "lan/sending.h"

#include <errno.h>
#include <string.h>

/* What a firewall drops in its output hook fails with EPERM. */
const char *sending_problem(const struct lan *lan, int error, int *send_error)
{
	*send_error = lan->link.up ? error : 0;
	if (*send_error == -EPERM)
		return "a firewall of this host drops what we send";
	return *send_error ? strerror(-error) : NULL;
}
