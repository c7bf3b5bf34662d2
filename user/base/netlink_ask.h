/* SPDX-License-Identifier: BSD-2-Clause */
/* One request to the kernel by netlink, and its answer.
 *
 * Each function opens a socket, sends the request, and hands each message of the answer to `take`
 * (libmnl's callback: MNL_CB_OK goes on, MNL_CB_STOP ends the answer, MNL_CB_ERROR fails with
 * errno). The kernel answers within the system call that sends the request, so nothing here waits.
 * All functions return 0 or a negative errno. */
#pragma once

#include "base/addr.h"

#include <libmnl/libmnl.h>

#define NETLINK_ASK_BYTES 512 /* room for a request */

/* Begins a request in `buffer`, which has NETLINK_ASK_BYTES. The protocol's header, of `size`
 * bytes, follows and is zeroed; its address is mnl_nlmsg_get_payload(). */
struct nlmsghdr *netlink_request(void *buffer, uint16_t type, uint16_t flags, size_t size);

/* Begins a request of generic netlink to a family's number. */
struct nlmsghdr *netlink_generic_request(void *buffer, uint16_t family, uint8_t command);

/* `bus` is NETLINK_ROUTE or NETLINK_GENERIC. A request with NLM_F_DUMP is answered by many
 * messages, any other by one. */
int netlink_ask(int bus, const struct nlmsghdr *request, mnl_cb_t take, void *data);

/* Dumps a whole table of rtnetlink. If the table changes meanwhile, the dump starts again, and
 * `*count` (unless it is NULL) is set to 0 each time. */
int netlink_dump(uint16_t type, size_t size, mnl_cb_t take, void *data, unsigned *count);

/* The interface's own address in a message of RTM_NEWADDR, or AF_UNSPEC: on a point-to-point link
 * IFA_ADDRESS is that of the peer. */
struct addr netlink_local_address(const struct nlmsghdr *message);

/* Asks for a family of generic netlink by its name. -ENOENT if the kernel does not have it. */
int netlink_ask_family(const char *name, mnl_cb_t take, void *data);
