/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/version.h"

const char mcingest_version[] = MCINGEST_VERSION;
