/* SPDX-License-Identifier: Apache-2.0 */
/* The pages. A path is looked up as it stands; one that is not there and looks like a route of the
 * application gets the application, which knows its own routes. */
#include "serve/assets.h"

#include "serve/request.h"

#define KEEP_FOREVER "public, max-age=31536000, immutable"
/* May be kept, and is asked for with its ETag each time. */
#define KEEP_CHECKED "no-cache"

static const struct serve_asset *find(struct bytes path)
{
    size_t low = 0, high = serve_asset_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct bytes name = bytes_of_text(serve_assets[middle].path);
        int order = memcmp(path.ptr, name.ptr, size_min(path.len, name.len));
        if (order == 0 && path.len == name.len) {
            return &serve_assets[middle];
        }
        if (order < 0 || (order == 0 && path.len < name.len)) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return NULL;
}

/* Whether the last segment looks like a file's name. A device's id may too, so who asks for HTML
 * gets the application all the same. */
static bool names_file(struct bytes path)
{
    size_t at = path.len;
    while (at > 0 && path.ptr[at - 1] != '/') {
        if (path.ptr[--at] == '.') {
            return true;
        }
    }
    return false;
}

static void send_asset(struct serve_peer *p, const struct serve_asset *asset)
{
    const struct http_request *q = serve_request(p);
    struct bytes codings = http_request_header(q, "accept-encoding");
    struct serve_answer a = {
        .status = 200,
        .type = asset->type,
        .body = bytes_of(asset->plain, asset->plain_len),
        .cache = asset->immutable ? KEEP_FOREVER : KEEP_CHECKED,
        .etag = asset->etag,
    };
    if (http_list_has(http_request_header(q, "if-none-match"), asset->etag)) {
        a.status = 304;
        a.type = NULL;
        a.body = (struct bytes){0};
    } else if (asset->brotli && http_accepts_encoding(codings, "br")) {
        a.encoding = "br";
        a.body = bytes_of(asset->brotli, asset->brotli_len);
    } else if (asset->gzip && http_accepts_encoding(codings, "gzip")) {
        a.encoding = "gzip";
        a.body = bytes_of(asset->gzip, asset->gzip_len);
    }
    serve_answer_send(p, &a);
}

void serve_get_asset(struct serve_peer *p)
{
    struct bytes path = serve_request(p)->path;
    const struct serve_asset *asset = find(path);
    bool is_page = !names_file(path) ||
                   http_accepts_type(http_request_header(serve_request(p), "accept"), "text/html");
    if (!asset && is_page) {
        asset = find(BYTES("/index.html"));
    }
    if (asset) {
        send_asset(p, asset);
    } else {
        serve_answer_error(p, 404, "not_found", "no such path");
    }
}
