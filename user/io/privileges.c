/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/privileges.h"
#include "base/memory.h"

#include <stddef.h>
#include <sys/capability.h>

static const cap_value_t needed[] = {
	CAP_BPF,       /* programs and maps */
	CAP_NET_ADMIN, /* attachments, marks, interfaces' offloads */
	CAP_NET_RAW,   /* raw and packet sockets */
	CAP_PERFMON,   /* programs on tracepoints */
	CAP_SYS_ADMIN, /* maps by their id; the BPF file system's mount; libxdp */
};

char *privileges_missing(void)
{
	cap_t ours = cap_get_proc();
	char *missing = NULL;

	for (size_t i = 0; !missing && i < sizeof(needed) / sizeof(needed[0]); i++) {
		cap_flag_value_t has = CAP_CLEAR;

		if (ours)
			cap_get_flag(ours, needed[i], CAP_EFFECTIVE, &has);
		if (has == CAP_CLEAR) {
			char *name = cap_to_name(needed[i]);

			missing = memory_copy_text(name ? name : "a capability");
			cap_free(name);
		}
	}
	cap_free(ours);
	return missing;
}
