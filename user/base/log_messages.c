/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/log_messages.h"

#include <stddef.h>

static const struct {
	const char *name, *id;
} messages[LOG_MESSAGES] = {
	[LOG_PLAIN] = {"log", NULL},
	[LOG_CHANNEL] = {"channel", "de94478fb72d0d81c2a33ebf31797d61"},
	[LOG_CHANNEL_FAILED] = {"channel_failed", "0eb37562f2dd3cb05ac5175f60d7347d"},
	[LOG_CHANNEL_CLOSED] = {"channel_closed", "36ac4dd0676ceedafeea4fb72d28bb1b"},
	[LOG_MOVE] = {"move", "04311dc6e935c06f054bdbdbcbd84082"},
	[LOG_JOIN] = {"join", "ecbb1c232e49b9ae23ce27808d384ceb"},
	[LOG_JOIN_REJECTED] = {"join_rejected", "1cd2e6242b19299823ae2fe774d097cf"},
	[LOG_LEAVE] = {"leave", "a567b95636b7637b6a100f4fd6856b87"},
	[LOG_ASSERT] = {"assert", "0a33113e71cbc16c36e71eb99b7f44da"},
	[LOG_NEIGHBOR] = {"neighbor", "d9999496ad6a01cfb6dac1ed45b7c523"},
	[LOG_NEIGHBOR_GONE] = {"neighbor_gone", "218250ccda16711a18fe10a01e8ced8a"},
	[LOG_LOOKUP] = {"lookup", "23c28f84841ab150eed14a142a1ba93d"},
	[LOG_TUNNEL] = {"tunnel", "9b49d274b786279ce196a55e2f067393"},
	[LOG_TUNNEL_CLOSED] = {"tunnel_closed", "4e8733562ffcb9c7badfb7e9eb4434b2"},
	[LOG_INTERFACE] = {"interface", "fe8f68957fb73ba09372025d86949a03"},
	[LOG_DROPS] = {"drops", "838e9c8bcd72200c1678ac1c5e3e16bf"},
};

const char *log_message_name(enum log_message message)
{
	return messages[message].name;
}

const char *log_message_id(enum log_message message)
{
	return messages[message].id;
}
