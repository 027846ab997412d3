/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of queries as bytes. */
#include "serve/assets.h"
#include "serve/serve.h"

#include "base/mem.h"
#include "expect.h"

/* The pages are linked into the program, not into this test. */
const struct serve_asset serve_assets[] = {
    {.path = "/index.html", .type = "text/html", .etag = "\"1\"", .plain = (const uint8_t *)""},
};
const size_t serve_asset_count = 1;

static const struct store_row rows[] = {{1000, 1.5, 1.5, 1.5, 1}, {2000, -0.1, 2, 0.3, 12}};

static void samples_come(enum serve_query_format format, enum store_tier tier, const char *want)
{
    struct serve_query *q = mem_zalloc(1, sizeof *q);
    q->series = mem_zalloc(1, sizeof *q->series);
    q->series_count = 1;
    q->series[0].decimals = -1;
    q->format = format;
    q->epoch_ms = 7;
    q->seq = 9;
    size_t series = 1;
    assert_int_equal(serve_encode_samples(q, &series), SERVE_ENCODED_UP_TO_SERIES);
    assert_int_equal(series, 0);
    q->series[0].samples = (struct store_samples){
        .tier = tier, .step = 500, .rows = mem_alloc(sizeof rows), .count = ARRAY_LEN(rows)};
    memcpy(q->series[0].samples.rows, rows, sizeof rows);
    assert_int_equal(serve_encode_samples(q, &series), SERVE_ENCODED_ALL);
    expect_slices(buf_bytes(&q->body), bytes_of_text(want));
    serve_query_free(q);
}

static void samples_are_written_in_both_formats_and_tiers(void **state)
{
    (void)state;
    samples_come(SERVE_FORMAT_JSON, STORE_RAW,
                 "{\"tier\":\"raw\",\"points\":[[1000,1.5],[2000,0.3]],\"interval\":1000,"
                 "\"decimals\":1,\"range\":[-0.1,2],\"gaps\":[],\"events\":[],\"alerts\":[],"
                 "\"seq\":\"7.655359\"}\n");
    samples_come(
        SERVE_FORMAT_JSON, STORE_BUCKETS,
        "{\"tier\":\"buckets\",\"step\":500,\"source\":\"raw\",\"points\":[[1000,1.5,1.5,1.5,1],"
        "[2000,-0.1,2,0.3,12]],\"interval\":500,\"decimals\":1,\"range\":[-0.1,2],"
        "\"gaps\":[],\"events\":[],\"alerts\":[],\"seq\":\"7.655359\"}\n");
    samples_come(SERVE_FORMAT_CSV, STORE_RAW, "time_ms,value\r\n1000,1.5\r\n2000,0.3\r\n");
    samples_come(SERVE_FORMAT_CSV, STORE_BUCKETS,
                 "time_ms,min,max,mean,n\r\n1000,1.5,1.5,1.5,1\r\n2000,-0.1,2,0.3,12\r\n");
}

static void alerts_name_the_next_page_only_when_there_may_be_one(void **state)
{
    (void)state;
    struct batch *b = batch_new(BATCH_SNAPSHOT);
    struct alert_change *c = batch_add_alert(b);
    *c = (struct alert_change){.id = {"a-1"},
                               .rule = {"r-1"},
                               .series = SERIES_NONE,
                               .acknowledged_at = WALL_NONE,
                               .created = 5,
                               .updated = 5,
                               .resolved = 9};
    c->device = batch_put_text(b, BYTES("d"));
    c->sensor = batch_put_text(b, BYTES("x"));
    c->message = batch_put_text(b, BYTES("\"quoted\""));
    struct serve_query *q = mem_zalloc(1, sizeof *q);
    q->alert_limit = 2;
    serve_encode_alerts(q, b);
    buf_put_byte(&q->body, 0);
    assert_non_null(strstr((char *)q->body.ptr, "\"id\":\"a-1\""));
    assert_non_null(strstr((char *)q->body.ptr, "\"message\":\"\\\"quoted\\\"\""));
    assert_non_null(strstr((char *)q->body.ptr, "\"next\":null"));
    buf_clear(&q->body);
    q->alert_limit = 1;
    serve_encode_alerts(q, b);
    buf_put_byte(&q->body, 0);
    assert_non_null(strstr((char *)q->body.ptr, "\"next\":\"a-1\""));
    serve_query_free(q);
    batch_release(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_are_written_in_both_formats_and_tiers),
        cmocka_unit_test(alerts_name_the_next_page_only_when_there_may_be_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
