/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines with fields for the journal, by its native protocol: a datagram of KEY=VALUE lines. This is
 * what sd_journal_sendv(3) sends; but that waits if the journal does not read, and we must not. */
#pragma once

#include "base/log_messages.h"

/* Returns false if the journal does not take the line now: then it goes the way of other lines. */
bool log_journal_send(int priority, const struct log_fields *fields, const char *line);
