/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/fault.h"

const char *fault_name(enum fault fault)
{
	static const char *const names[FAULT_COUNT] = {
		[FAULT_NONE] = "none",
		[FAULT_TRUNCATED] = "truncated",
		[FAULT_OVERSIZED] = "oversized",
		[FAULT_CHECKSUM] = "checksum",
		[FAULT_VERSION] = "version",
		[FAULT_TYPE] = "type",
		[FAULT_LENGTH] = "length",
		[FAULT_ADDRESS] = "address",
		[FAULT_DESTINATION] = "destination",
		[FAULT_OFF_LINK] = "off_link",
		[FAULT_SENDER] = "sender",
		[FAULT_NONCE] = "nonce",
		[FAULT_UNEXPECTED] = "unexpected",
		[FAULT_INTERFACE] = "interface",
		[FAULT_UNREACHABLE] = "unreachable",
		[FAULT_LIMIT] = "limit",
		[FAULT_FRAGMENTS] = "fragments",
	};

	return fault < FAULT_COUNT ? names[fault] : "unknown";
}

const char *protocol_name(enum protocol protocol)
{
	static const char *const names[PROTOCOL_COUNT] = {
		[PROTOCOL_PIM] = "pim",
		[PROTOCOL_AMT] = "amt",
		[PROTOCOL_MEMBERSHIP] = "membership",
		[PROTOCOL_DNS] = "dns",
	};

	return protocol < PROTOCOL_COUNT ? names[protocol] : "unknown";
}
