/* SPDX-License-Identifier: Apache-2.0 */
/* The pages, built into the program: a generated table (tools/embed-assets.mjs), looked up by exact
 * path. No file name is ever made from a URL. */
#ifndef TELLTALE_SERVE_ASSETS_H
#define TELLTALE_SERVE_ASSETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct serve_asset {
    const char *path; /* as in a URL, "/index.html" */
    const char *type; /* Content-Type */
    const char *etag; /* quoted, of the content: "\"abc\"" */
    const uint8_t *plain;
    size_t plain_len;
    const uint8_t *gzip; /* NULL when it would not be smaller */
    size_t gzip_len;
    const uint8_t *brotli; /* NULL likewise */
    size_t brotli_len;
    bool immutable; /* its name changes with its content: may be kept for a year */
};

/* Sorted by path (strcmp). "/index.html" is the page for every route of the application. */
extern const struct serve_asset serve_assets[];
extern const size_t serve_asset_count;

#endif
