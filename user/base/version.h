/* SPDX-License-Identifier: BSD-2-Clause */
/* The version of the daemon and of the command, as scripts/version tells it to the build. */
#pragma once

extern const char mcingest_version[];
