/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Constants of the AMT protocol (RFC 7450 section 5.1), for the programs and the daemon. */
#pragma once

#define AMT_PORT 2268

/* The anycast discovery addresses (RFC 7450 section 7.1), as text. */
#define AMT_ANYCAST4 "192.52.193.1"
#define AMT_ANYCAST6 "2001:3::1"

#define AMT_VERSION       0 /* high nibble of byte 0; the low nibble is the type */
#define AMT_DISCOVERY     1
#define AMT_ADVERTISEMENT 2
#define AMT_REQUEST       3
#define AMT_QUERY         4
#define AMT_UPDATE        5
#define AMT_DATA          6
#define AMT_TEARDOWN      7

#define AMT_MAC_LENGTH     6
#define AMT_DATA_HEADER    2  /* bytes before the IP datagram of a Multicast Data */
#define AMT_UPDATE_HEADER  12 /* bytes before the IP datagram of a Query or an Update */
#define AMT_GATEWAY_FIELDS 18 /* bytes of port and address, last in a Query with the G flag */
