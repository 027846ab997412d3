/* SPDX-License-Identifier: Apache-2.0 */
#include "deliver/curl.h"

#include "base/base.h"

#include <dlfcn.h>

#define LIBRARY "libcurl.so.4"

/* A function's address comes as that of an object; POSIX says that they fit. */
static bool find(void *library, const char *symbol, void *function)
{
    void *at = dlsym(library, symbol);
    memcpy(function, &at, sizeof at);
    return at != NULL;
}

enum err curl_load(struct curl *c)
{
    struct curl fresh = {.library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL)};
    if (!fresh.library) {
        return ERR_UNSUPPORTED;
    }
    bool all = true;
#define CURL_FIND(name, symbol, result, arguments)                                                 \
    all = all && find(fresh.library, symbol, &fresh.name);
    CURL_LIST(CURL_FIND)
#undef CURL_FIND
    if (!all || fresh.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        (void)dlclose(fresh.library);
        return ERR_UNSUPPORTED;
    }
    *c = fresh;
    return OK;
}
