/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base.h"

#include <stdio.h>

_Noreturn void base_assert_failed(const char *file, int line, const char *condition)
{
    fprintf(stderr, "telltale: bug at %s:%d: %s\n", file, line, condition);
    abort();
}
