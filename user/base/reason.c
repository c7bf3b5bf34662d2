/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/reason.h"

#include <stdio.h>

const char *reason_format(const char *reason, const char *detail, char text[REASON_TEXT])
{
	if (!reason || !detail)
		return reason;
	snprintf(text, REASON_TEXT, "%s: %s", reason, detail);
	return text;
}
