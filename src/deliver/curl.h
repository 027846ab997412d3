/* SPDX-License-Identifier: Apache-2.0 */
/* libcurl by its functions, found when the first message is sent. */
#ifndef TELLTALE_DELIVER_CURL_H
#define TELLTALE_DELIVER_CURL_H

#include "base/err.h"

#include <curl/curl.h>

/* name here, name there, result, arguments */
#define CURL_LIST(X)                                                                               \
    X(global_init, "curl_global_init", CURLcode, (long))                                           \
    X(easy_init, "curl_easy_init", CURL *, (void))                                                 \
    X(easy_set, "curl_easy_setopt", CURLcode, (CURL *, CURLoption, ...))                           \
    X(easy_info, "curl_easy_getinfo", CURLcode, (CURL *, CURLINFO, ...))                           \
    X(easy_done, "curl_easy_cleanup", void, (CURL *))                                              \
    X(error_text, "curl_easy_strerror", const char *, (CURLcode))                                  \
    X(multi_init, "curl_multi_init", CURLM *, (void))                                              \
    X(multi_set, "curl_multi_setopt", CURLMcode, (CURLM *, CURLMoption, ...))                      \
    X(multi_add, "curl_multi_add_handle", CURLMcode, (CURLM *, CURL *))                            \
    X(multi_remove, "curl_multi_remove_handle", CURLMcode, (CURLM *, CURL *))                      \
    X(multi_act, "curl_multi_socket_action", CURLMcode, (CURLM *, curl_socket_t, int, int *))      \
    X(multi_read, "curl_multi_info_read", CURLMsg *, (CURLM *, int *))                             \
    X(multi_assign, "curl_multi_assign", CURLMcode, (CURLM *, curl_socket_t, void *))              \
    X(multi_done, "curl_multi_cleanup", CURLMcode, (CURLM *))                                      \
    X(list_add, "curl_slist_append", struct curl_slist *, (struct curl_slist *, const char *))     \
    X(list_free, "curl_slist_free_all", void, (struct curl_slist *))

struct curl {
    void *library;
#define CURL_MEMBER(name, symbol, result, arguments) result(*name) arguments;
    CURL_LIST(CURL_MEMBER)
#undef CURL_MEMBER
};

/* Errors: ERR_UNSUPPORTED it is not there, or too old. */
MUST_CHECK enum err curl_load(struct curl *c);

#endif
