/* SPDX-License-Identifier: Apache-2.0 */
#include "app/links.h"

#include "base/mem.h"
#include "loop/tls.h"
#include "sys/folder.h"
#include "sys/secret.h"

/* The file in the data folder, and what is in it: as many digits. */
#define ID_FILE   "client_id"
#define ID_DIGITS 12

/* ---- our client id ---- */

static bool is_id(const char *text, size_t len)
{
    return len == ID_DIGITS && strspn(text, "0123456789abcdef") == len;
}

static enum err make_id(const char *dir, const char *path, char id[ID_DIGITS + 1])
{
    uint8_t random[ID_DIGITS / 2];
    secret_random(random, sizeof random);
    for (size_t i = 0; i < sizeof random; i++) {
        (void)snprintf(id + 2 * i, 3, "%02x", random[i]);
    }
    enum err e = file_write(path, bytes_of(id, ID_DIGITS));
    return e == OK ? folder_sync(dir) : e;
}

/* The id that brokers know this data folder by. Without it, what they keep for us would be lost at
 * each start. */
static enum err read_id(const char *dir, char id[ID_DIGITS + 1], struct config_error *why)
{
    char path[512];
    uint8_t text[ID_DIGITS + 1] = {0};
    size_t len = 0;
    (void)snprintf(path, sizeof path, "%s/%s", dir, ID_FILE);
    enum err e = file_head(path, text, sizeof text, &len);
    if (e == OK && is_id((const char *)text, len)) {
        memcpy(id, text, sizeof text);
        return OK;
    }
    if (e == OK || e == ERR_NOT_FOUND) {
        e = make_id(dir, path, id);
    }
    if (e != OK) {
        (void)snprintf(why->text, sizeof why->text, "can't keep a client id in %.200s: %s", path,
                       err_text(e));
    }
    return e;
}

static const char *keep(struct links *l, const char *text)
{
    config_list_add(&l->texts, text);
    return l->texts.items[l->texts.count - 1];
}

static void name_client(struct links *l, const struct config_broker *b, const char *id,
                        struct ingest_broker *out)
{
    char text[ID_DIGITS + 128];
    out->client_id = b->client_id;
    if (!b->client_id && !b->clean) {
        (void)snprintf(text, sizeof text, "telltale-%s-%.100s", id, b->name);
        out->client_id = keep(l, text);
    }
}

/* ---- files ---- */

static enum err read_password(struct links *l, const struct config_broker *b,
                              struct ingest_broker *out, struct config_error *why)
{
    char text[CONFIG_TEXT_MAX + 1];
    out->password = b->password;
    if (!b->password_file) {
        return OK;
    }
    enum err e = config_first_line(b->password_file, text);
    if (e == ERR_INVALID) {
        (void)snprintf(
            why->text, sizeof why->text,
            "broker %.64s: password_file %.100s: expected the password as its first line", b->name,
            b->password_file);
    } else if (e != OK) {
        (void)snprintf(why->text, sizeof why->text, "broker %.64s: password_file %.128s: %s",
                       b->name, b->password_file, err_text(e));
    }
    if (e != OK) {
        return e;
    }
    out->password = keep(l, text);
    return OK;
}

static enum err read_tls(const struct config_broker *b, struct ingest_broker *out,
                         struct config_error *why)
{
    const struct tls_files files = {
        .side = TLS_DIALS, .certificate = b->certificate, .key = b->key, .ca = b->ca};
    char text[TLS_WHY_MAX];
    enum err e = b->tls ? tls_context_new(&files, &out->tls, text) : OK;
    if (e != OK) {
        (void)snprintf(why->text, sizeof why->text, "broker %.64s: %.180s", b->name, text);
    }
    return e;
}

/* ---- all of it ---- */

static enum err load_one(struct links *l, const struct config_broker *b, const char *id,
                         struct config_error *why)
{
    static const uint8_t versions[] = {
        [CONFIG_VERSION_AUTO] = 0, [CONFIG_VERSION_5] = 5, [CONFIG_VERSION_311] = 4};
    struct ingest_broker *out = &l->at[l->count++];
    uint64_t expiry_s = b->session_expiry_ms / 1000;
    *out = (struct ingest_broker){
        .name = b->name,
        .host = b->host,
        .port = b->port,
        .user = b->user,
        .filters = (const char *const *)b->filters.items,
        .filter_count = b->filters.count,
        .qos = (uint8_t)b->qos,
        .version = versions[b->version],
        .clean = b->clean,
        .session_expiry_s = expiry_s < UINT32_MAX ? (uint32_t)expiry_s : UINT32_MAX,
        .keep_alive_s = (unsigned)(b->keep_alive_ms / 1000),
    };
    name_client(l, b, id, out);
    enum err e = read_password(l, b, out, why);
    return e == OK ? read_tls(b, out, why) : e;
}

enum err links_load(const struct config *config, struct links *out, struct config_error *why)
{
    struct links l = {.count = 0};
    char id[ID_DIGITS + 1] = "";
    enum err e = config->broker_count ? read_id(config->data, id, why) : OK;
    l.at = mem_zalloc(config->broker_count + 1, sizeof *l.at);
    for (size_t i = 0; e == OK && i < config->broker_count; i++) {
        e = load_one(&l, &config->brokers[i], id, why);
    }
    if (e != OK) {
        links_free(&l);
        return e;
    }
    *out = l;
    return OK;
}

void links_free(struct links *l)
{
    for (size_t i = 0; i < l->count; i++) {
        tls_context_free(l->at[i].tls);
    }
    free(l->at);
    config_list_clear(&l->texts);
    *l = (struct links){.count = 0};
}
