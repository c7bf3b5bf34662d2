/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the metrics are: [metrics] listen. */
#pragma once

#include "config/reading.h"

extern const struct kind kind_listen;
