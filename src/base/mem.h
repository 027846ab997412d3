/* SPDX-License-Identifier: Apache-2.0 */
/* Allocation. It aborts when memory ends: a supervisor restarts us into a known state. What a peer
 * could choose is bounded before it comes here (model/limits.h). Memory is given back with free().
 */
#ifndef TELLTALE_BASE_MEM_H
#define TELLTALE_BASE_MEM_H

#include <stddef.h>

/* `size` bytes, not initialised. Aborts when memory ends. Ownership: the caller's, free(). */
void *mem_alloc(size_t size);

/* An array of `count` zeroed elements of `size` bytes. Aborts when memory ends or on overflow. */
void *mem_zalloc(size_t count, size_t size);

/* `ptr` (or NULL) grown or shrunk to `count` elements of `size` bytes. Aborts as mem_zalloc. */
void *mem_resize(void *ptr, size_t count, size_t size);

/* A copy of `len` bytes at `ptr` with a NUL after it. Aborts when memory ends. */
char *mem_text(const void *ptr, size_t len);

/* Makes room for one more element in a growing array: returns `ptr`, or its larger successor with
 * `*cap` raised (doubled, at least 8) when `count` has reached it. Aborts as mem_zalloc. */
void *mem_grow(void *ptr, size_t count, size_t *cap, size_t size);

#endif
