/* SPDX-License-Identifier: Apache-2.0 */
#include "base/civil.h"

#include "expect.h"

static void days_around_leaps_and_before_1970_are_right(void **state)
{
    (void)state;
    static const struct {
        int64_t ms;
        const char *iso, *mail;
    } cases[] = {
        {0, "1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 +0000"},
        {-1, "1969-12-31T23:59:59Z", "Wed, 31 Dec 1969 23:59:59 +0000"},
        {951782400000, "2000-02-29T00:00:00Z", "Tue, 29 Feb 2000 00:00:00 +0000"},
        {951868799999, "2000-02-29T23:59:59Z", "Tue, 29 Feb 2000 23:59:59 +0000"},
        {1709251199000, "2024-02-29T23:59:59Z", "Thu, 29 Feb 2024 23:59:59 +0000"},
        {1709251200000, "2024-03-01T00:00:00Z", "Fri, 01 Mar 2024 00:00:00 +0000"},
        {4107542400000, "2100-03-01T00:00:00Z", "Mon, 01 Mar 2100 00:00:00 +0000"},
        {1763953200000, "2025-11-24T03:00:00Z", "Mon, 24 Nov 2025 03:00:00 +0000"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct buf iso = {0}, mail = {0};
        civil_put_iso(&iso, cases[i].ms);
        civil_put_mail(&mail, cases[i].ms);
        expect_slices(buf_bytes(&iso), bytes_of_text(cases[i].iso));
        expect_slices(buf_bytes(&mail), bytes_of_text(cases[i].mail));
        buf_fini(&iso);
        buf_fini(&mail);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_around_leaps_and_before_1970_are_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
