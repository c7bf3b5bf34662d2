/* SPDX-License-Identifier: BSD-2-Clause */
/* PIM with the routers of a LAN, IPv4 and IPv6. */
#pragma once

#include "lan/state.h"

/* Speaks from the LAN's addresses. A family without an address is left out. False after a line in
 * the log. */
bool routers_start(struct lan *lan);
void routers_stop(struct lan *lan);
/* The LAN's link has changed. Joins end if PIM can speak no longer. */
void routers_follow(struct lan *lan);
/* We have been away, and the routers may have forgotten us. */
void routers_return(struct lan *lan);
/* As the LANs' `draining` says. */
void routers_drain(struct lan *lan);
/* Takes a datagram that was seen on the LAN. Returns why it was rejected. */
enum fault routers_receive(struct lan *lan, const struct ip_datagram *ip);
/* Another router forwards (S,G) onto the LAN. */
void routers_rival(struct lan *lan, const struct sg *sg);
/* The winner of the Assert for (S,G) sends nothing: we forward again, and send no Assert. */
void routers_take_over(struct lan *lan, const struct sg *sg);
/* What pim_interest answers for (S,G) may have changed. */
void routers_interest_changed(struct lans *lans, const struct sg *sg);
