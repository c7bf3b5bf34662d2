/* SPDX-License-Identifier: BSD-2-Clause */
/* Fields of an object as cells of a table, as text.h writes them. */
#pragma once

#include "cli/table.h"

void cell_string(struct table *table, const json_t *object, const char *key);
void cell_number(struct table *table, const json_t *object, const char *key);
void cell_bytes(struct table *table, const json_t *object, const char *key);
void cell_bit_rate(struct table *table, const json_t *object, const char *key);
void cell_age(struct table *table, const json_t *object, const char *key);
void cell_seconds(struct table *table, const json_t *object, const char *key);
void cell_list(struct table *table, const json_t *object, const char *key); /* of strings */
/* The number is one that should be 0. */
void cell_count(struct table *table, const json_t *object, const char *key);
