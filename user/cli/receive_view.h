/* SPDX-License-Identifier: BSD-2-Clause */
/* What `receive` prints. */
#pragma once

#include "gateway/receive.h"

/* What was printed for the second before. */
struct receive_interval {
	unsigned seconds;
	uint64_t packets, bytes, lost;
};

void receive_view_state(const struct receive *receive);
/* A line for the second that has passed. */
void receive_view_second(const struct receive *receive, struct receive_interval *before);
/* `daemon_has_tunnels`: the daemon of this host may be why a relay does not answer us. */
void receive_view_end(const struct receive *receive, bool daemon_has_tunnels);
void receive_view_json(const struct receive *receive);
