/* SPDX-License-Identifier: BSD-2-Clause */
/* The kinds of lines that programs may look for, in the journal by MESSAGE_ID, and in `mcingest
 * monitor` by name. Names and ids are a contract; user/share/mcingest.catalog explains them. */
#pragma once

#include "base/addr.h"

enum log_message {
	LOG_PLAIN,          /* any other line */
	LOG_CHANNEL,        /* a channel has another state */
	LOG_CHANNEL_FAILED, /* a channel has no relay, or no data, and why */
	LOG_CHANNEL_CLOSED, /* a channel ends */
	LOG_MOVE,           /* a channel moves from one relay to another */
	LOG_JOIN,           /* a LAN wants a channel */
	LOG_JOIN_REJECTED,  /* a LAN wants a channel that has no room */
	LOG_LEAVE,          /* a LAN no longer wants a channel */
	LOG_ASSERT,         /* who forwards a channel on a LAN was settled */
	LOG_NEIGHBOR,       /* a neighbor has come, or has restarted */
	LOG_NEIGHBOR_GONE,  /* a neighbor has gone */
	LOG_LOOKUP,         /* the relays of a source were looked up */
	LOG_TUNNEL,         /* a tunnel was opened */
	LOG_TUNNEL_CLOSED,  /* a tunnel was closed */
	LOG_INTERFACE,      /* an interface has changed */
	LOG_DROPS,          /* packets were dropped in the last second */
	LOG_MESSAGES
};

const char *log_message_name(enum log_message message);
/* 32 hexadecimal digits; NULL for LOG_PLAIN. */
const char *log_message_id(enum log_message message);

/* What a line is about, for programs; NULL is nothing. The memory is the caller's. */
struct log_fields {
	enum log_message message;
	const struct sg *sg;
	const struct addr *source; /* without a group */
	const struct addr *relay, *neighbor;
	const char *interface;
};
