/* SPDX-License-Identifier: BSD-2-Clause */
/* The sentence about a failure that dataplane_error() returns, and what it is made of: an errno in
 * plain words, the name of an interface, and what a driver said when it rejected a program. */
#pragma once

#include "dataplane/state.h"

/* Stores the sentence for dataplane_error(). Returns `error`. */
int dataplane_fail(struct dataplane *dp, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* What a negative errno means to somebody who adds programs to the kernel, and what to do. */
const char *dataplane_cure(int error);

/* Writes the interface's name, or its number if the interface is gone. Returns `name`. */
const char *dataplane_interface(unsigned ifindex, char name[MCI_NAME]);

/* Hands the messages of libbpf and libxdp to the log. */
void error_capture_libraries(void);

/* What the kernel or a driver said since the last error_forget_driver() to explain the rejection of
 * a program; dataplane_cure(error) if it said nothing. */
const char *error_of_driver(int error);
void error_forget_driver(void);
