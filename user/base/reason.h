/* SPDX-License-Identifier: BSD-2-Clause */
/* Why something failed or waits, in the words that channels, lookups, `receive` and the log share:
 * a constant, and what there is to say in this case. */
#pragma once

#define REASON_TEXT 1024 /* bytes, with the NUL; what is longer is cut */

/* "reason: detail". Returns the reason itself if `detail` is NULL, and NULL if `reason` is. */
const char *reason_format(const char *reason, const char *detail, char text[REASON_TEXT]);
