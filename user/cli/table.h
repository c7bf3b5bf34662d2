/* SPDX-License-Identifier: BSD-2-Clause */
/* Columns as wide as what stands in them. */
#pragma once

#include "cli/text.h"

#define TABLE_COLUMNS_MAX 12

struct table;

/* `headings` are words; one that starts with '>' has its column aligned to the right. */
struct table *table_new(const char *const *headings, unsigned columns);
void table_cell(struct table *table, enum colour colour, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* A line beneath the row that was filled last. */
void table_note(struct table *table, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Prints on stdout, and frees. */
void table_print(struct table *table);
