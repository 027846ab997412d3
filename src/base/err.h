/* SPDX-License-Identifier: Apache-2.0 */
/* The one list of failures. A function that can fail returns `enum err`; OK is 0. Results go
 * through the last parameters and stay untouched on failure. errno is translated in sys/ and
 * never crosses a folder. */
#ifndef TELLTALE_BASE_ERR_H
#define TELLTALE_BASE_ERR_H

#define ERR_LIST(X)                                                                                \
    X(OK, "ok")                                                                                    \
    X(ERR_AGAIN, "not complete yet")                                                               \
    X(ERR_INVALID, "invalid")                                                                      \
    X(ERR_PROTOCOL, "well formed, but not allowed here")                                           \
    X(ERR_TOO_LARGE, "too large")                                                                  \
    X(ERR_TOO_DEEP, "nested too deeply")                                                           \
    X(ERR_UNSUPPORTED, "not supported")                                                            \
    X(ERR_NOT_FOUND, "not found")                                                                  \
    X(ERR_EXISTS, "exists already")                                                                \
    X(ERR_FULL, "full")                                                                            \
    X(ERR_BUSY, "in use")                                                                          \
    X(ERR_UNAUTHORIZED, "not authenticated")                                                       \
    X(ERR_DENIED, "not permitted")                                                                 \
    X(ERR_CLOSED, "closed")                                                                        \
    X(ERR_IO, "input or output failed")                                                            \
    X(ERR_CORRUPT, "corrupt")                                                                      \
    X(ERR_NO_MEMORY, "out of memory")

enum err {
#define ERR_ENUM(name, text) name,
    ERR_LIST(ERR_ENUM)
#undef ERR_ENUM
};

/* Marks a function whose result must be looked at. */
#define MUST_CHECK __attribute__((warn_unused_result))

/* The message of `e` in plain words, static storage. */
const char *err_text(enum err e);

/* The name of `e` as it is written in code, static storage. */
const char *err_name(enum err e);

#endif
