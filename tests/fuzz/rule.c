/* SPDX-License-Identifier: Apache-2.0 */
/* A rule's definition from outside: what is taken prints, and what is printed is taken and prints
 * the same; a change over it is taken whole or refused; a trial of it runs. Silences ride along. */
#include "alert/alert.h"

#include "proto/json/json.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void print(const struct alert_definition *d, struct buf *out)
{
    struct json_writer w;
    json_writer_init(&w, out);
    json_write_object(&w);
    alert_definition_put(&w, d);
    json_write_object_end(&w);
}

static void try_it(const struct alert_definition *d)
{
    const char *sensors[LIMIT_RULE_CONDITIONS];
    size_t count = alert_definition_sensors(d, sensors);
    struct alert_device device = {.attributes = BYTES("{\"max\": 3, \"min\": \"x\"}")};
    struct alert_trial *t = alert_trial_new(d, &device);
    const wall_ms times[] = {0, 1000, 5000, 5000, 400000, 9000000000};
    const double values[] = {-1e300, 31, 29, 1e300, 0, 31};
    for (size_t i = 0; i < count; i++) {
        alert_trial_read(t, sensors[i], times, values, 6);
        alert_trial_status(t, STATUS_OFFLINE, 9000000000);
    }
    const struct alert_trial_result *r = alert_trial_end(t, 10000000000);
    if (r->kept > r->count || r->longest_ms > r->total_ms) {
        abort();
    }
    alert_trial_free(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t nothing;
    struct bytes text = bytes_of(size ? data : &nothing, size);
    struct document_fault why = {{0}, {0}};
    struct buf first = {0}, second = {0};
    (void)!alert_silence_check(text, &why);
    struct alert_definition *d = alert_definition_parse(text, &why);
    if (!d) {
        if (!why.field[0] || !why.message[0]) {
            abort();
        }
        return 0;
    }
    print(d, &first);
    struct alert_definition *again = alert_definition_parse(buf_bytes(&first), &why);
    if (!again || alert_definition_read(text, again, &why) != OK) {
        abort();
    }
    print(again, &second);
    if (!bytes_equal(buf_bytes(&first), buf_bytes(&second))) {
        abort();
    }
    /* One sensor's readings follow another's here: only rules over one are tried. */
    const char *sensors[LIMIT_RULE_CONDITIONS];
    if (alert_definition_sensors(d, sensors) <= 1) {
        try_it(d);
    }
    alert_definition_free(d);
    alert_definition_free(again);
    buf_fini(&first);
    buf_fini(&second);
    return 0;
}
