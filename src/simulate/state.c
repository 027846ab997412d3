/* SPDX-License-Identifier: Apache-2.0 */
/* The file is {"seed":1,"acknowledged":1763953200000}. It is replaced by renaming a complete one
 * over it: a torn file would cost a whole history published twice. */
#include "simulate/state.h"

#include "proto/json/json.h"

#define PATH_ROOM 4096
#define MAX_BYTES 512

static size_t read_file(const char *path, char *room, size_t cap)
{
    FILE *f = fopen(path, "re");
    if (!f) {
        return 0;
    }
    size_t n = fread(room, 1, cap, f);
    (void)fclose(f);
    return n;
}

wall_ms simulate_state_load(const char *path, uint64_t seed)
{
    char text[MAX_BYTES];
    struct json_reader r;
    struct json_text key;
    int64_t found_seed = -1;
    int64_t acknowledged = WALL_NONE;
    json_reader_init(&r, bytes_of(text, read_file(path, text, sizeof text)));
    if (json_read_object(&r)) {
        while (json_read_key(&r, &key)) {
            if (json_text_is(key, "seed")) {
                (void)json_read_i64(&r, &found_seed);
            } else if (json_text_is(key, "acknowledged")) {
                (void)json_read_i64(&r, &acknowledged);
            }
        }
    }
    return json_finish(&r) && (uint64_t)found_seed == seed ? acknowledged : WALL_NONE;
}

enum err simulate_state_save(const char *path, uint64_t seed, wall_ms acknowledged)
{
    char temporary[PATH_ROOM];
    int len = snprintf(temporary, sizeof temporary, "%s.new", path);
    if (len < 0 || (size_t)len >= sizeof temporary) {
        return ERR_IO;
    }
    FILE *f = fopen(temporary, "we");
    if (!f) {
        return ERR_IO;
    }
    bool ok = fprintf(f, "{\"seed\":%lld,\"acknowledged\":%lld}\n", (long long)seed,
                      (long long)acknowledged) > 0;
    ok = fclose(f) == 0 && ok;
    return ok && rename(temporary, path) == 0 ? OK : ERR_IO;
}
