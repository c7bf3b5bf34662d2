/* SPDX-License-Identifier: BSD-2-Clause */
#include "gateway/capture.h"
#include "base/memory.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>

#define PACKET_MAX 65535

struct capture {
	pcap_t *pcap;
	pcap_dumper_t *file;
};

struct capture *capture_open(const char *path, char *error, size_t size)
{
	struct capture *capture = memory_new(sizeof(*capture));

	capture->pcap = pcap_open_dead(DLT_RAW, PACKET_MAX);
	if (capture->pcap)
		capture->file = pcap_dump_open(capture->pcap, path);
	if (capture->file)
		return capture;
	snprintf(error, size, "%s", capture->pcap ? pcap_geterr(capture->pcap) : "no memory");
	capture_close(capture);
	return NULL;
}

void capture_write(struct capture *capture, struct cursor packet)
{
	struct pcap_pkthdr header = {.caplen = cursor_left(&packet), .len = cursor_left(&packet)};

	gettimeofday(&header.ts, NULL);
	pcap_dump((u_char *)capture->file, &header, packet.at);
}

bool capture_close(struct capture *capture)
{
	bool fine = true;

	if (!capture)
		return true;
	if (capture->file) {
		fine = pcap_dump_flush(capture->file) == 0 &&
		       !ferror(pcap_dump_file(capture->file));
		pcap_dump_close(capture->file);
	}
	if (capture->pcap)
		pcap_close(capture->pcap);
	free(capture);
	return fine;
}
