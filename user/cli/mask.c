/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/mask.h"
#include "base/addr.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#define WORD_MAX   64
#define LETTERS    "0123456789abcdefABCDEF:."
#define MAC_LENGTH 17 /* 02:00:00:00:00:01 */

enum kind { KIND_IP4, KIND_IP6, KIND_GROUP4, KIND_GROUP6, KIND_MAC, KINDS };

struct name {
	char word[WORD_MAX]; /* in the form that all texts have for it */
	enum kind kind;
	unsigned number;
	UT_hash_handle hh;
};

struct mask {
	struct name *by_word;
	unsigned counts[KINDS];
};

struct mask *mask_new(void)
{
	return memory_new(sizeof(struct mask));
}

void mask_free(struct mask *mask)
{
	struct name *name, *next;

	if (!mask)
		return;
	HASH_ITER (hh, mask->by_word, name, next) {
		HASH_DEL(mask->by_word, name);
		free(name);
	}
	free(mask);
}

static bool is_mac(const char *word)
{
	if (strlen(word) != MAC_LENGTH)
		return false;
	for (unsigned i = 0; i < MAC_LENGTH; i++)
		if ((word[i] == ':') != (i % 3 == 2))
			return false;
	return true;
}

/* Addresses that say nothing of anybody stay. */
static bool is_telling(const struct addr *addr)
{
	return !addr_is_unspecified(addr) && !addr_is_loopback(addr);
}

/* Also brings the word into one form. */
static bool is_address(char word[WORD_MAX], enum kind *kind)
{
	struct addr addr;
	bool is_v4;

	*kind = KIND_MAC;
	if (is_mac(word))
		return true;
	if (!addr_parse(word, &addr) || !is_telling(&addr))
		return false;
	addr_format(&addr, word);
	is_v4 = addr.family == AF_INET;
	*kind = addr_is_multicast(&addr) ? (is_v4 ? KIND_GROUP4 : KIND_GROUP6)
					 : (is_v4 ? KIND_IP4 : KIND_IP6);
	return true;
}

static const struct name *name_of(struct mask *mask, const char *word, enum kind kind)
{
	struct name *name;

	HASH_FIND_STR(mask->by_word, word, name);
	if (name)
		return name;
	name = memory_new(sizeof(*name));
	strcpy(name->word, word);
	name->kind = kind;
	name->number = ++mask->counts[kind];
	HASH_ADD_STR(mask->by_word, word, name);
	return name;
}

static void write_word(FILE *out, struct mask *mask, const char *start, size_t length)
{
	static const char *const kinds[KINDS] = {"ip4", "ip6", "group4", "group6", "mac"};
	char word[WORD_MAX];
	enum kind kind;

	if (length && length < WORD_MAX) {
		memcpy(word, start, length);
		word[length] = '\0';
		if (is_address(word, &kind)) {
			fprintf(out, "%s-%u", kinds[kind], name_of(mask, word, kind)->number);
			return;
		}
	}
	fwrite(start, 1, length, out);
}

/* What follows an address without being a part of it: "192.0.2.1:", "at 2001:db8::1." */
static size_t tail_of(const char *start, size_t length)
{
	size_t tail = 0;

	while (tail < length && strchr(".:", start[length - 1 - tail]) &&
	       !(length - tail > 1 && start[length - 1 - tail] == ':' &&
		 start[length - 2 - tail] == ':'))
		tail++;
	return tail;
}

/* A port follows an IPv4 address behind a colon. */
static size_t length_of_word(const char *text)
{
	size_t length = strspn(text, LETTERS);
	const char *dot = memchr(text, '.', length), *colon = memchr(text, ':', length);

	return dot && colon && dot < colon ? (size_t)(colon - text) : length;
}

char *mask_text(struct mask *mask, const char *text)
{
	size_t size;
	char *masked;
	FILE *out = open_memstream(&masked, &size);

	if (!out)
		abort();
	while (*text) {
		size_t other = strcspn(text, LETTERS), length, tail;

		fwrite(text, 1, other, out);
		text += other;
		length = length_of_word(text);
		tail = tail_of(text, length);
		write_word(out, mask, text, length - tail);
		fwrite(text + length - tail, 1, tail, out);
		text += length;
	}
	fclose(out);
	return masked;
}
