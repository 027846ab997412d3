/* SPDX-License-Identifier: Apache-2.0 */
/* What every file may rely on: assertions, sizes, and the C functions that nobody may call. */
#ifndef TELLTALE_BASE_BASE_H
#define TELLTALE_BASE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* The struct of type `type` whose member `member` is at `ptr`. */
#define CONTAINER_OF(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

static inline size_t size_min(size_t a, size_t b)
{
    return a < b ? a : b;
}

static inline size_t size_max(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* Prints file, line and condition to standard error and aborts. */
_Noreturn void base_assert_failed(const char *file, int line, const char *condition);

/* A bug in this program, never an input: on in every build, so it must be cheap. */
#define ASSERT(c) ((c) ? (void)0 : base_assert_failed(__FILE__, __LINE__, #c))

/* As ASSERT, for whole-structure checks: debug and sanitizer builds only. */
#ifdef TELLTALE_DEBUG
#define DEBUG_ASSERT(c) ASSERT(c)
#else
#define DEBUG_ASSERT(c) ((void)0)
#endif

#define UNREACHABLE() base_assert_failed(__FILE__, __LINE__, "unreachable")

/* Unbounded, locale-bound or stateful: never ours to call. */
#pragma GCC poison strcpy strcat sprintf vsprintf gets atoi atol strtok

#endif
