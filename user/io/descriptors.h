/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>

/* Lets the process have so many files open; as most systems start one, it may have 1,024. False
 * where that cannot be: then it has as many as it may, which `most` says. */
bool descriptors_allow(unsigned long count, unsigned long *most);
