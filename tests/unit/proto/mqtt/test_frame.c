/* SPDX-License-Identifier: Apache-2.0 */
/* The walk over frames, and every packet whole, byte by byte, in random splits and truncated. */
#include "expect.h"
#include "mqtt_transcode.h"

#define PACKET_MAX (2u << 20)

/* One of each packet of both versions, as the standards lay them out. */
static const struct {
    uint8_t version;
    struct bytes whole;
} packets[] = {
    {MQTT_V311, BYTES("\x10\x0c\x00\x04MQTT\x04\x02\x00\x3c\x00\x00")},
    {MQTT_V311, BYTES("\x10\x24\x00\x04MQTT\x04\xee\x00\x0a\x00\x02id\x00\x04"
                      "will\x00\x03"
                      "off\x00\x04user\x00\x03p\x00w")},
    {MQTT_V311, BYTES("\x20\x02\x01\x00")},
    {MQTT_V311, BYTES("\x20\x02\x00\x05")},
    {MQTT_V311, BYTES("\x30\x05\x00\x03"
                      "a/b")},
    {MQTT_V311, BYTES("\x3b\x0a\x00\x03"
                      "a/b\x12\x34"
                      "xyz")},
    {MQTT_V311, BYTES("\x35\x06\x00\x02"
                      "ab\x00\x01")},
    {MQTT_V311, BYTES("\x40\x02\x00\x01")},
    {MQTT_V311, BYTES("\x50\x02\x00\x02")},
    {MQTT_V311, BYTES("\x62\x02\xff\xff")},
    {MQTT_V311, BYTES("\x70\x02\x01\x00")},
    {MQTT_V311, BYTES("\x82\x0c\x00\x07\x00\x01#\x00\x00\x03"
                      "a/+\x01")},
    {MQTT_V311, BYTES("\x90\x05\x00\x07\x00\x80\x02")},
    {MQTT_V311, BYTES("\xa2\x0a\x00\x08\x00\x01#\x00\x03"
                      "a/b")},
    {MQTT_V311, BYTES("\xb0\x02\x00\x08")},
    {MQTT_V311, BYTES("\xc0\x00")},
    {MQTT_V311, BYTES("\xd0\x00")},
    {MQTT_V311, BYTES("\xe0\x00")},
    {MQTT_V5, BYTES("\x10\x0d\x00\x04MQTT\x05\x02\x00\x3c\x00\x00\x00")},
    {MQTT_V5,
     BYTES("\x10\x69\x00\x04MQTT\x05\xf6\x00\x0a"
           "\x23\x11\x00\x00\x00\x0a\x15\x00\x01m\x16\x00\x01"
           "d\x17\x00\x19\x01\x21\x00\x14\x22\x00\x0a\x26\x00\x01k\x00\x01v\x27\x00\x00\x10\x00"
           "\x00\x02id"
           "\x27\x01\x01\x02\x00\x00\x00\x3c\x03\x00\x01t\x08\x00\x02re\x09\x00\x02\x00\xff\x18\x00"
           "\x00\x00\x05\x26\x00\x01k\x00\x01w\x26\x00\x01k\x00\x00"
           "\x00\x01w\x00\x03"
           "off\x00\x01u\x00\x02p\x00")},
    {MQTT_V5, BYTES("\x10\x0f\x00\x04MQTT\x05\x42\x00\x3c\x00\x00\x00\x00\x00")},
    {MQTT_V5, BYTES("\x20\x03\x01\x00\x00")},
    {MQTT_V5, BYTES("\x20\x03\x00\x8c\x00")},
    {MQTT_V5,
     BYTES("\x20\x37\x00\x00\x34\x11\x00\x00\x00\x0a\x12\x00\x02"
           "ab\x13\x00\x3c\x1a\x00\x01i\x1c\x00\x01s\x1f\x00\x01r\x21\x00\x0a\x22\x00\x0a\x24\x01"
           "\x25\x00\x26\x00\x01k\x00\x00\x27\x00\x20\x00\x00\x28\x01\x29\x01\x2a\x00")},
    {MQTT_V5, BYTES("\x30\x06\x00\x03"
                    "a/b\x00")},
    {MQTT_V5, BYTES("\x3b\x0e\x00\x03"
                    "a/b\x12\x34\x03\x23\x00\x07"
                    "xyz")},
    {MQTT_V5, BYTES("\x32\x08\x00\x00\x12\x34\x03\x23\x00\x07")},
    {MQTT_V5, BYTES("\x34\x22\x00\x01t\x00\x02\x19\x01\x00\x02\x00\x00\x00\x01\x03\x00\x00\x08\x00"
                    "\x01r\x09\x00\x01"
                    "c\x0b\x01\x0b\xff\xff\xff\x7f"
                    "xyz")},
    {MQTT_V5, BYTES("\x40\x02\x00\x01")},
    {MQTT_V5, BYTES("\x40\x03\x00\x01\x10")},
    {MQTT_V5, BYTES("\x50\x08\x00\x02\x97\x04\x1f\x00\x01q")},
    {MQTT_V5, BYTES("\x62\x03\xff\xff\x92")},
    {MQTT_V5, BYTES("\x70\x0b\x01\x00\x00\x07\x26\x00\x01k\x00\x01v")},
    {MQTT_V5, BYTES("\x82\x0c\x00\x07\x02\x0b\x05\x00\x04"
                    "a/+/\x2d")},
    {MQTT_V5, BYTES("\x82\x12\x00\x07\x00\x00\x0c$share/g/a/b\x19")},
    {MQTT_V5, BYTES("\x90\x08\x00\x07\x00\x00\x01\x02\x8f\x9e")},
    {MQTT_V5, BYTES("\xa2\x0b\x00\x08\x00\x00\x01#\x00\x03"
                    "a/b")},
    {MQTT_V5, BYTES("\xb0\x05\x00\x08\x00\x00\x11")},
    {MQTT_V5, BYTES("\xc0\x00")},
    {MQTT_V5, BYTES("\xd0\x00")},
    {MQTT_V5, BYTES("\xe0\x00")},
    {MQTT_V5, BYTES("\xe0\x01\x04")},
    {MQTT_V5, BYTES("\xe0\x0b\x00\x09\x11\x00\x00\x00\x00\x1f\x00\x01r")},
    {MQTT_V5, BYTES("\xf0\x0a\x18\x08\x15\x00\x01m\x16\x00\x01"
                    "d")},
    {MQTT_V5, BYTES("\xf0\x00")},
};

static void every_packet_survives_decode_and_encode(void **state)
{
    (void)state;
    struct buf out = {0};
    for (size_t i = 0; i < ARRAY_LEN(packets); i++) {
        struct mqtt_frame f;
        size_t used;
        assert_int_equal(mqtt_frame(packets[i].whole, PACKET_MAX, &f, &used), OK);
        assert_int_equal(used, packets[i].whole.len);
        buf_clear(&out);
        f.version = packets[i].version;
        expect_ok(transcode(f, &out));
        expect_slices(buf_bytes(&out), packets[i].whole);
    }
    buf_fini(&out);
}

static void every_truncation_says_again(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(packets); i++) {
        for (size_t len = 0; len < packets[i].whole.len; len++) {
            struct mqtt_frame f;
            size_t used;
            struct bytes part = bytes_of(packets[i].whole.ptr, len);
            assert_int_equal(mqtt_frame(part, PACKET_MAX, &f, &used), ERR_AGAIN);
        }
    }
}

/* A body cut short by a smaller remaining length, at every offset: refused or another valid packet,
 * never read beyond its end (the copies are exact, so a sanitizer sees it). */
static void every_shortened_body_is_judged_within_its_bounds(void **state)
{
    (void)state;
    struct buf out = {0};
    for (size_t i = 0; i < ARRAY_LEN(packets); i++) {
        struct mqtt_frame f;
        size_t used;
        assert_int_equal(mqtt_frame(packets[i].whole, PACKET_MAX, &f, &used), OK);
        for (size_t len = 0; len < f.body.len; len++) {
            uint8_t *copy = mem_alloc(len + 1);
            memcpy(copy + 1, f.body.ptr, len);
            struct mqtt_frame cut = {f.type, f.flags, bytes_of(copy + 1, len), packets[i].version};
            buf_clear(&out);
            (void)!transcode(cut, &out);
            free(copy);
        }
    }
    buf_fini(&out);
}

static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* Feeds `stream` in parts of 1..`most` bytes to a receiver that keeps what is not complete, and
 * counts the packets that come out. */
static size_t count_in_parts(struct bytes stream, size_t most, uint64_t seed)
{
    struct buf kept = {0};
    size_t count = 0;
    while (stream.len) {
        size_t n = size_min(stream.len, 1 + next_random(&seed) % most);
        buf_put(&kept, stream.ptr, n);
        stream = bytes_skip(stream, n);
        struct bytes in = buf_bytes(&kept);
        struct mqtt_frame f;
        size_t used;
        enum err e;
        while ((e = mqtt_frame(in, PACKET_MAX, &f, &used)) == OK) {
            assert_int_equal(f.type, packets[count % ARRAY_LEN(packets)].whole.ptr[0] >> 4);
            count++;
            in = bytes_skip(in, used);
        }
        assert_int_equal(e, ERR_AGAIN);
        memmove(kept.ptr, in.ptr, in.len);
        kept.len = in.len;
    }
    assert_int_equal(kept.len, 0);
    buf_fini(&kept);
    return count;
}

static void splits_do_not_change_what_is_received(void **state)
{
    (void)state;
    struct buf stream = {0};
    for (size_t i = 0; i < ARRAY_LEN(packets); i++) {
        buf_put_bytes(&stream, packets[i].whole);
    }
    assert_int_equal(count_in_parts(buf_bytes(&stream), 1, 1), ARRAY_LEN(packets));
    assert_int_equal(count_in_parts(buf_bytes(&stream), stream.len, 2), ARRAY_LEN(packets));
    for (uint64_t seed = 1; seed <= 300; seed++) {
        assert_int_equal(count_in_parts(buf_bytes(&stream), 23, seed * 7919), ARRAY_LEN(packets));
    }
    buf_fini(&stream);
}

static void bad_fixed_headers_are_refused(void **state)
{
    (void)state;
    static const struct {
        struct bytes in;
        enum err expected;
    } rows[] = {
        {BYTES("\x00\x00"), ERR_INVALID},                 /* type 0 */
        {BYTES("\xf1\x00"), ERR_INVALID},                 /* AUTH with a flag */
        {BYTES("\x11"), ERR_INVALID},                     /* CONNECT with a flag, seen at once */
        {BYTES("\x60\x02\x00\x01"), ERR_INVALID},         /* PUBREL without its flag */
        {BYTES("\x80\x02\x00\x01"), ERR_INVALID},         /* SUBSCRIBE without its flag */
        {BYTES("\xa3\x02\x00\x01"), ERR_INVALID},         /* UNSUBSCRIBE with one too many */
        {BYTES("\xc1\x00"), ERR_INVALID},                 /* PINGREQ with a flag */
        {BYTES("\x30\xff\xff\xff\xff"), ERR_INVALID},     /* a fifth byte of length */
        {BYTES("\x30\x80\x80\x80\x80\x01"), ERR_INVALID}, /* the same, and minimal it would be 0 */
        {BYTES("\xc0\x80\x00"), ERR_INVALID},             /* 0 in two bytes */
        {BYTES("\xc0\x80\x80\x80\x00"), ERR_INVALID},     /* 0 in four */
        {BYTES("\x40\x82\x00\x00\x01"), ERR_INVALID},     /* 2 in two, and the body is there */
        {BYTES("\x30\xff\x80\x00"), ERR_INVALID},         /* 127 in three, before the body came */
        {BYTES("\xc0\x80"), ERR_AGAIN},
        {BYTES("\x30\xff\xff\xff"), ERR_AGAIN},
        {BYTES("\x30\xff\xff\xff\x7f"), ERR_TOO_LARGE}, /* 256 MB claimed, none of it there */
        {BYTES("\x30\x80\x80\x80\x01"), ERR_TOO_LARGE}, /* 2 MiB of body: above with its header */
        {BYTES("\x30"), ERR_AGAIN},
        {BYTES(""), ERR_AGAIN},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct mqtt_frame f;
        size_t used;
        assert_int_equal(mqtt_frame(rows[i].in, PACKET_MAX, &f, &used), rows[i].expected);
        assert_int_equal(mqtt_frame_size(rows[i].in, PACKET_MAX, &used), rows[i].expected);
    }
}

static void the_largest_packet_passes_and_one_byte_more_does_not(void **state)
{
    (void)state;
    static const uint8_t head[] = {0x30, 0x80, 0x01}; /* 128 bytes of body */
    size_t size;
    assert_int_equal(mqtt_frame_size(bytes_of(head, sizeof head), 131, &size), OK);
    assert_int_equal(size, 131);
    assert_int_equal(mqtt_frame_size(bytes_of(head, sizeof head), 130, &size), ERR_TOO_LARGE);
    assert_int_equal(mqtt_frame_size(bytes_of(head, sizeof head), 2, &size), ERR_TOO_LARGE);
}

static void lengths_at_each_border_are_written_and_read_alike(void **state)
{
    (void)state;
    static const size_t payloads[] = {0,     1,     124,   125,     126,     127,
                                      16379, 16380, 16381, 2097147, 2097148, 2097149};
    struct buf out = {0};
    uint8_t *zeros = mem_zalloc(1, 2097149);
    for (size_t i = 0; i < ARRAY_LEN(payloads); i++) {
        struct mqtt_publish p = {.topic = BYTES("t"), .payload = bytes_of(zeros, payloads[i])};
        buf_clear(&out);
        mqtt_encode_publish(&out, &p);
        struct mqtt_frame f;
        size_t used;
        assert_int_equal(mqtt_frame(buf_bytes(&out), SIZE_MAX, &f, &used), OK);
        assert_int_equal(used, out.len);
        assert_int_equal(f.body.len, 3 + payloads[i]);
    }
    free(zeros);
    buf_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_packet_survives_decode_and_encode),
        cmocka_unit_test(every_truncation_says_again),
        cmocka_unit_test(every_shortened_body_is_judged_within_its_bounds),
        cmocka_unit_test(splits_do_not_change_what_is_received),
        cmocka_unit_test(bad_fixed_headers_are_refused),
        cmocka_unit_test(the_largest_packet_passes_and_one_byte_more_does_not),
        cmocka_unit_test(lengths_at_each_border_are_written_and_read_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
