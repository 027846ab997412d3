/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/ws/ws.h"

#include "expect.h"

#define MESSAGE_MAX 70000

static uint64_t random_state;

/* Writes one frame as a client does, masked. */
static void put_frame(struct buf *b, uint8_t first, struct bytes payload)
{
    uint8_t head[WS_HEAD_MAX];
    size_t n = ws_put_head((enum ws_opcode)(first & 0x0f), payload.len, head);
    head[0] = first;
    head[1] |= 0x80;
    buf_put(b, head, n);
    uint8_t mask[4];
    uint64_t r = expect_random(&random_state);
    memcpy(mask, &r, 4);
    buf_put(b, mask, 4);
    for (size_t i = 0; i < payload.len; i++) {
        buf_put_byte(b, payload.ptr[i] ^ mask[i & 3]);
    }
}

/* Reads all of `b` in steps of at most `step` bytes (0: random) and writes what comes as text:
 * opcode, close code, payload. Ends with the name of the first error, if any. */
static void transcribe(const struct buf *b, size_t step, struct buf *log, uint16_t *close_code)
{
    uint8_t *copy = malloc(b->len + 1);
    memcpy(copy, b->ptr, b->len);
    struct ws_reader r;
    ws_reader_init(&r, MESSAGE_MAX);
    size_t at = 0;
    enum err e = ERR_AGAIN;
    while (at < b->len && (e == OK || e == ERR_AGAIN)) {
        size_t n =
            step ? size_min(step, b->len - at) : 1 + expect_random(&random_state) % (b->len - at);
        size_t end = at + n;
        do {
            struct ws_event ev;
            size_t used;
            e = ws_read(&r, copy + at, end - at, &used, &ev);
            at += used;
            if (e == OK) {
                buf_printf(log, "%d:%u:", (int)ev.opcode, ev.close_code);
                buf_put_bytes(log, ev.payload);
                buf_put_byte(log, '|');
            }
        } while (e == OK && at < end);
    }
    if (e != OK && e != ERR_AGAIN) {
        buf_put_text(log, err_name(e));
    } else if (ws_reader_unfinished(&r)) {
        buf_put_text(log, "unfinished");
    }
    *close_code = r.close_code;
    ws_reader_fini(&r);
    free(copy);
}

/* Reads `b` whole, byte by byte and in random splits; each must tell the same. */
static void reads_as(const struct buf *b, struct bytes want, uint16_t want_code)
{
    for (int round = 0; round < 12; round++) {
        struct buf log = {0};
        uint16_t code;
        transcribe(b, round == 0 ? SIZE_MAX : round == 1 ? 1 : 0, &log, &code);
        expect_slices(buf_bytes(&log), want);
        assert_int_equal(code, want_code);
        buf_fini(&log);
    }
}

static void the_accept_key_is_that_of_the_standard(void **state)
{
    (void)state;
    char out[WS_ACCEPT_LEN];
    ws_accept(BYTES("dGhlIHNhbXBsZSBub25jZQ=="), out);
    expect_bytes(bytes_of(out, sizeof out), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

static void messages_and_control_frames_are_read(void **state)
{
    (void)state;
    struct buf b = {0};
    put_frame(&b, 0x81, BYTES("hello"));
    put_frame(&b, 0x81, BYTES(""));
    put_frame(&b, 0x82, BYTES("\xff\x00\x01"));
    put_frame(&b, 0x89, BYTES("ping"));
    put_frame(&b, 0x8a, BYTES(""));
    put_frame(&b, 0x88, BYTES("\x03\xe8 bye"));
    reads_as(&b, BYTES("1:0:hello|1:0:|2:0:\xff\x00\x01|9:0:ping|10:0:|8:1000: bye|"), 0);
    buf_fini(&b);
}

static void fragments_are_joined_with_control_frames_between(void **state)
{
    (void)state;
    struct buf b = {0};
    put_frame(&b, 0x01, BYTES("one \xe2"));
    put_frame(&b, 0x89, BYTES("p1"));
    put_frame(&b, 0x00, BYTES("\x82"));
    put_frame(&b, 0x00, BYTES(""));
    put_frame(&b, 0x89, BYTES(""));
    put_frame(&b, 0x80, BYTES("\xac two"));
    put_frame(&b, 0x02, BYTES(""));
    put_frame(&b, 0x80, BYTES(""));
    put_frame(&b, 0x01, BYTES("a"));
    put_frame(&b, 0x88, BYTES(""));
    reads_as(&b, BYTES("9:0:p1|9:0:|1:0:one \xe2\x82\xac two|2:0:|8:1005:|unfinished"), 0);
    buf_fini(&b);
}

static void lengths_of_every_form_are_read(void **state)
{
    (void)state;
    static const size_t lengths[] = {124, 125, 126, 127, 65535, 65536, MESSAGE_MAX};
    for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
        struct buf payload = {0};
        for (size_t k = 0; k < lengths[i]; k++) {
            buf_put_byte(&payload, (uint8_t)('a' + k % 26));
        }
        struct buf b = {0};
        put_frame(&b, 0x82, buf_bytes(&payload));
        struct buf want = {0};
        buf_put_text(&want, "2:0:");
        buf_put_bytes(&want, buf_bytes(&payload));
        buf_put_byte(&want, '|');
        reads_as(&b, buf_bytes(&want), 0);
        buf_fini(&payload);
        buf_fini(&want);
        buf_fini(&b);
    }
}

static void a_frame_cut_anywhere_waits_for_more(void **state)
{
    (void)state;
    struct buf b = {0};
    put_frame(&b, 0x81,
              BYTES("some text of a message that is longer than one hundred and twenty-"
                    "five bytes, so that its length takes two more bytes in its head."));
    for (size_t cut = 1; cut < b.len; cut++) {
        struct buf part = {b.ptr, cut, cut};
        struct buf log = {0};
        uint16_t code;
        transcribe(&part, SIZE_MAX, &log, &code);
        expect_bytes(buf_bytes(&log), "unfinished");
        buf_fini(&log);
    }
    buf_fini(&b);
}

/* Bytes as they stand, and what they must be closed with. */
static void closed_with(uint16_t code, struct bytes raw)
{
    struct buf b = {0};
    buf_put_bytes(&b, raw);
    struct bytes want = code == WS_CLOSE_TOO_LARGE ? BYTES("ERR_TOO_LARGE") : BYTES("ERR_INVALID");
    reads_as(&b, want, code);
    buf_fini(&b);
}

static void frames_against_the_protocol_are_closed_with_1002(void **state)
{
    (void)state;
    const struct bytes bad[] = {
        BYTES("\x81\x05hello"),                        /* not masked */
        BYTES("\xc1\x80\0\0\0\0"),                     /* RSV1 */
        BYTES("\xa1\x80\0\0\0\0"),                     /* RSV2 */
        BYTES("\x91\x80\0\0\0\0"),                     /* RSV3 */
        BYTES("\x83\x80\0\0\0\0"),                     /* opcode 3 */
        BYTES("\x8b\x80\0\0\0\0"),                     /* opcode 11 */
        BYTES("\x80\x80\0\0\0\0"),                     /* nothing to continue */
        BYTES("\x09\x80\0\0\0\0"),                     /* ping in fragments */
        BYTES("\x89\xfe\x00\x7e\0\0\0\0"),             /* ping of 126 bytes */
        BYTES("\x88\x81\0\0\0\0\x03"),                 /* half a close code */
        BYTES("\x88\x82\0\0\0\0\x03\xed"),             /* 1005 */
        BYTES("\x88\x82\0\0\0\0\x0b\xb7"),             /* 2999 */
        BYTES("\x81\xfe\x00\x7d\0\0\0\0"),             /* 125 in 16 bits */
        BYTES("\x81\xff\0\0\0\0\0\0\xff\xff\0\0\0\0"), /* 65535 in 64 bits */
        BYTES("\x81\xff\x80\0\0\0\0\0\0\0\0\0\0\0"),   /* bit 63 */
        BYTES("\x82\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0"),
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        closed_with(WS_CLOSE_PROTOCOL, bad[i]);
    }
}

static void a_new_message_inside_another_is_closed_with_1002(void **state)
{
    (void)state;
    struct buf b = {0};
    put_frame(&b, 0x01, BYTES("a"));
    put_frame(&b, 0x81, BYTES("b"));
    reads_as(&b, BYTES("ERR_INVALID"), WS_CLOSE_PROTOCOL);
    buf_fini(&b);
}

static void bad_text_is_closed_with_1007(void **state)
{
    (void)state;
    const struct bytes bad[] = {BYTES("a\xff"), BYTES("\xc0\x80"), BYTES("\xed\xa0\x80"),
                                BYTES("\xe2\x82"), BYTES("\xf4\x90\x80\x80")};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct buf b = {0};
        put_frame(&b, 0x81, bad[i]);
        reads_as(&b, BYTES("ERR_INVALID"), WS_CLOSE_BAD_TEXT);
        buf_clear(&b);
        put_frame(&b, 0x01, bad[i]);
        put_frame(&b, 0x80, BYTES(""));
        reads_as(&b, BYTES("ERR_INVALID"), WS_CLOSE_BAD_TEXT);
        buf_clear(&b);
        put_frame(&b, 0x88, BYTES("\x03\xe8\xff"));
        reads_as(&b, BYTES("ERR_INVALID"), WS_CLOSE_BAD_TEXT);
        buf_fini(&b);
    }
}

static void bad_text_ends_the_connection_before_the_message_does(void **state)
{
    (void)state;
    struct ws_reader r;
    ws_reader_init(&r, MESSAGE_MAX);
    uint8_t in[] = {0x81, 0xfe, 0x10, 0x00, 0, 0, 0, 0, 'a', 0xff};
    size_t used;
    struct ws_event ev;
    expect_err(ERR_INVALID, ws_read(&r, in, sizeof in, &used, &ev));
    assert_int_equal(r.close_code, WS_CLOSE_BAD_TEXT);
    ws_reader_fini(&r);
}

static void a_declared_length_allocates_nothing(void **state)
{
    (void)state;
    closed_with(WS_CLOSE_TOO_LARGE, BYTES("\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0"));
    closed_with(WS_CLOSE_TOO_LARGE, BYTES("\x82\xff\0\0\0\0\0\x01\x11\x71\0\0\0\0"));
    struct ws_reader r;
    ws_reader_init(&r, MESSAGE_MAX);
    uint8_t in[] = {0x82, 0xff, 0, 0, 0, 0, 0, 1, 0x11, 0x70, 0, 0, 0, 0, 'a'};
    size_t used;
    struct ws_event ev;
    expect_err(ERR_AGAIN, ws_read(&r, in, sizeof in, &used, &ev));
    assert_true(r.pending.cap <= 64);
    ws_reader_fini(&r);
}

static void the_limit_counts_all_fragments(void **state)
{
    (void)state;
    struct buf payload = {0};
    memset(buf_reserve(&payload, MESSAGE_MAX), 'x', MESSAGE_MAX);
    payload.len = MESSAGE_MAX;
    struct buf b = {0};
    put_frame(&b, 0x02, buf_bytes(&payload));
    put_frame(&b, 0x80, BYTES("x"));
    reads_as(&b, BYTES("ERR_TOO_LARGE"), WS_CLOSE_TOO_LARGE);
    buf_fini(&b);
    buf_fini(&payload);
}

static void endless_empty_fragments_are_ended(void **state)
{
    (void)state;
    struct buf b = {0};
    put_frame(&b, 0x02, BYTES(""));
    for (int i = 0; i < 131000; i++) {
        put_frame(&b, 0x00, BYTES(""));
    }
    struct buf log = {0};
    uint16_t code;
    transcribe(&b, 4096, &log, &code);
    assert_int_equal(code, WS_CLOSE_TOO_LARGE);
    buf_fini(&log);
    buf_fini(&b);
}

static void an_idle_reader_owns_no_buffer(void **state)
{
    (void)state;
    struct buf b = {0};
    put_frame(&b, 0x81, BYTES("3"));
    struct ws_reader r;
    ws_reader_init(&r, MESSAGE_MAX);
    size_t used;
    struct ws_event ev;
    expect_ok(ws_read(&r, b.ptr, b.len, &used, &ev));
    expect_bytes(ev.payload, "3");
    assert_null(r.pending.ptr);
    assert_true(sizeof r <= 136);
    ws_reader_fini(&r);
    buf_fini(&b);
}

static void frames_of_the_server_have_the_shortest_head(void **state)
{
    (void)state;
    uint8_t head[WS_HEAD_MAX];
    expect_bytes(bytes_of(head, ws_put_head(WS_TEXT, 125, head)), "\x81\x7d");
    expect_bytes(bytes_of(head, ws_put_head(WS_BINARY, 126, head)), "\x82\x7e\x00\x7e");
    expect_bytes(bytes_of(head, ws_put_head(WS_PING, 0, head)), "\x89\x00");
    expect_bytes(bytes_of(head, ws_put_head(WS_TEXT, 65535, head)), "\x81\x7e\xff\xff");
    expect_bytes(bytes_of(head, ws_put_head(WS_TEXT, 65536, head)), "\x81\x7f\0\0\0\0\0\x01\0\0");
    struct frame *f = ws_frame(WS_TEXT, BYTES("abc"));
    expect_bytes(bytes_of(f->data, f->len), "\x81\x03"
                                            "abc");
    expect_bytes(frame_payload(f), "abc");
    frame_release(f);
}

static void close_frames_fit_whatever_the_reason(void **state)
{
    (void)state;
    struct frame *f = ws_close_frame(1001, BYTES("going"));
    expect_bytes(bytes_of(f->data, f->len), "\x88\x07\x03\xe9going");
    frame_release(f);
    f = ws_close_frame(WS_CLOSE_NO_STATUS, BYTES("x"));
    expect_bytes(bytes_of(f->data, f->len), "\x88\x00");
    frame_release(f);
    char reason[200];
    memset(reason, 'r', sizeof reason);
    f = ws_close_frame(1002, bytes_of(reason, sizeof reason));
    assert_int_equal(f->len, 2 + WS_CONTROL_MAX);
    frame_release(f);
}

static void close_codes_are_those_a_peer_may_send(void **state)
{
    (void)state;
    static const uint16_t good[] = {1000, 1001, 1002, 1003, 1007, 1008, 1009,
                                    1010, 1011, 3000, 3999, 4000, 4999};
    static const uint16_t bad[] = {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000};
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        assert_true(ws_close_code_valid(good[i]));
    }
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_false(ws_close_code_valid(bad[i]));
    }
}

/* What a stream gives: data joined, control frames in brackets where they came. */
static void stream_as(const struct buf *b, size_t step, struct buf *log)
{
    uint8_t *copy = malloc(b->len + 1);
    memcpy(copy, b->ptr, b->len);
    struct ws_reader r;
    ws_reader_init_stream(&r);
    size_t at = 0;
    enum err e = ERR_AGAIN;
    while (at < b->len && (e == OK || e == ERR_AGAIN)) {
        struct ws_event ev;
        size_t used;
        e = ws_read(&r, copy + at, size_min(step, b->len - at), &used, &ev);
        at += used;
        if (e == OK && ev.opcode >= WS_CLOSE) {
            buf_printf(log, "[%d:", (int)ev.opcode);
            buf_put_bytes(log, ev.payload);
            buf_put_byte(log, ']');
        } else if (e == OK) {
            buf_put_bytes(log, ev.payload);
        }
        assert_true(r.pending.cap <= 1024);
    }
    if (e != OK && e != ERR_AGAIN) {
        buf_printf(log, "%u", r.close_code);
    }
    ws_reader_fini(&r);
    free(copy);
}

static void a_stream_is_handed_out_as_it_comes(void **state)
{
    struct buf b = {0};
    (void)state;
    put_frame(&b, 0x02, BYTES("one "));
    put_frame(&b, 0x00, BYTES(""));
    put_frame(&b, 0x89, BYTES("ping"));
    put_frame(&b, 0x80, BYTES("two "));
    put_frame(&b, 0x82, BYTES("three"));
    put_frame(&b, 0x80, BYTES("a continuation of nothing"));
    for (size_t step = 1; step < 40; step++) {
        struct buf log = {0};
        stream_as(&b, step, &log);
        expect_bytes(buf_bytes(&log), "one [9:ping]two three1002");
        buf_fini(&log);
    }
    buf_fini(&b);
}

static void a_stream_has_no_limit_and_gathers_nothing(void **state)
{
    struct buf b = {0}, log = {0};
    uint8_t *large = calloc(1, 3 << 20);
    (void)state;
    put_frame(&b, 0x02, bytes_of(large, 3 << 20));
    for (int i = 0; i < 100000; i++) {
        put_frame(&b, 0x00, BYTES("x"));
    }
    stream_as(&b, 4096, &log);
    assert_int_equal(log.len, (3 << 20) + 100000);
    buf_fini(&b);
    buf_fini(&log);
    free(large);
}

int main(void)
{
    random_state = expect_seed();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_accept_key_is_that_of_the_standard),
        cmocka_unit_test(messages_and_control_frames_are_read),
        cmocka_unit_test(fragments_are_joined_with_control_frames_between),
        cmocka_unit_test(lengths_of_every_form_are_read),
        cmocka_unit_test(a_frame_cut_anywhere_waits_for_more),
        cmocka_unit_test(frames_against_the_protocol_are_closed_with_1002),
        cmocka_unit_test(a_new_message_inside_another_is_closed_with_1002),
        cmocka_unit_test(bad_text_is_closed_with_1007),
        cmocka_unit_test(bad_text_ends_the_connection_before_the_message_does),
        cmocka_unit_test(a_declared_length_allocates_nothing),
        cmocka_unit_test(the_limit_counts_all_fragments),
        cmocka_unit_test(endless_empty_fragments_are_ended),
        cmocka_unit_test(an_idle_reader_owns_no_buffer),
        cmocka_unit_test(frames_of_the_server_have_the_shortest_head),
        cmocka_unit_test(close_frames_fit_whatever_the_reason),
        cmocka_unit_test(close_codes_are_those_a_peer_may_send),
        cmocka_unit_test(a_stream_is_handed_out_as_it_comes),
        cmocka_unit_test(a_stream_has_no_limit_and_gathers_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
