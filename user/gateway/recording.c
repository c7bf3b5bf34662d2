/* SPDX-License-Identifier: BSD-2-Clause */
#include "gateway/recording.h"
#include "base/memory.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>

#define PACKET_MAX 65535

struct recording {
	pcap_t *pcap;
	pcap_dumper_t *file;
};

struct recording *recording_open(const char *path, char *error, size_t size)
{
	struct recording *recording = memory_new(sizeof(*recording));

	recording->pcap = pcap_open_dead(DLT_RAW, PACKET_MAX);
	if (recording->pcap)
		recording->file = pcap_dump_open(recording->pcap, path);
	if (recording->file)
		return recording;
	snprintf(error, size, "%s", recording->pcap ? pcap_geterr(recording->pcap) : "no memory");
	recording_close(recording);
	return NULL;
}

void recording_write(struct recording *recording, struct cursor packet)
{
	struct pcap_pkthdr header = {.caplen = cursor_left(&packet), .len = cursor_left(&packet)};

	gettimeofday(&header.ts, NULL);
	pcap_dump((u_char *)recording->file, &header, packet.at);
}

bool recording_close(struct recording *recording)
{
	bool fine = true;

	if (!recording)
		return true;
	if (recording->file) {
		fine = pcap_dump_flush(recording->file) == 0 &&
		       !ferror(pcap_dump_file(recording->file));
		pcap_dump_close(recording->file);
	}
	if (recording->pcap)
		pcap_close(recording->pcap);
	free(recording);
	return fine;
}
