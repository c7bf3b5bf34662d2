/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/* MiB of all BPF maps that this process holds, by the kernel's own account (Linux 6.4 counts what
 * is allocated, earlier ones what could be). */
double memory_of_maps(void);
