/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames that the doctor captures: what is read of them lies within them, and a probe that sees
 * them counts what it should. */
#include "doctor/relay_probe.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct cursor frame = cursor_over(bytes, size);
	struct capture_packet packet;
	struct relay_probe probe;

	if (!capture_decode(frame, &packet))
		return 0;
	must(packet.source.family == packet.destination.family);
	must(packet.payload.failed || !packet.payload.at ||
	     fuzz_lies_within(&packet.payload, &frame));
	probe = (struct relay_probe){.relay = packet.source, .port = packet.destination_port};
	relay_probe_see(&probe, &packet);
	must(!probe.discovery.on_socket && !probe.request.on_socket);
	must(!probe.discovery.on_wire || packet.source_port == 2268);
	return 0;
}
