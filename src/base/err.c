/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include "base/base.h"

static const struct {
    const char *name;
    const char *text;
} errors[] = {
#define ERR_ROW(name, text) {#name, text},
    ERR_LIST(ERR_ROW)
#undef ERR_ROW
};

const char *err_text(enum err e)
{
    ASSERT((size_t)e < ARRAY_LEN(errors));
    return errors[e].text;
}

const char *err_name(enum err e)
{
    ASSERT((size_t)e < ARRAY_LEN(errors));
    return errors[e].name;
}
