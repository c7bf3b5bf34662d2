/* SPDX-License-Identifier: BSD-2-Clause */
/* Members of an object as cells of a table, written as text.h writes them. */
#pragma once

#include "cli/table.h"

void cell_string(struct table *table, const json_t *object, const char *key);
void cell_number(struct table *table, const json_t *object, const char *key);
void cell_bytes(struct table *table, const json_t *object, const char *key);
void cell_bit_rate(struct table *table, const json_t *object, const char *key);
void cell_age(struct table *table, const json_t *object, const char *key);
void cell_seconds(struct table *table, const json_t *object, const char *key);
void cell_list(struct table *table, const json_t *object, const char *key); /* strings */
/* A number that should be 0: any other is coloured. */
void cell_count(struct table *table, const json_t *object, const char *key);
