/* SPDX-License-Identifier: Apache-2.0 */
/* Sparkplug B: datatypes, aliases, births and deaths, sequence and rebirth. */
#include "decode/decode.h"

#include "decode_script.h"
#include "sparkplug_build.h"

#define T0 1700000000000
/* A wire value of a metric: field 10 int, 11 long, 12 float, 13 double, 14 boolean, 15 string,
 * 16 bytes. */
#define NAMED(n, type, holder, bits)                                                               \
    (struct field)                                                                                 \
    {                                                                                              \
        .name = (n), .alias = -1, .datatype = (type), .value_field = (holder), .value = (bits)     \
    }
#define ALIASED(a, holder, bits)                                                                   \
    (struct field)                                                                                 \
    {                                                                                              \
        .alias = (a), .value_field = (holder), .value = (bits)                                     \
    }

static struct built built;
static struct metrics metrics;

static struct decoder *new_decoder(bool rebirth)
{
    struct decode_config config = {.sparkplug_rebirth = rebirth};
    memset(&metrics, 0, sizeof metrics);
    return decoder_new(&config, (struct hash_key){1, 2}, &metrics);
}

/* Publishes what was built. */
static void expect_built(struct decoder *d, const char *topic, const char *want)
{
    expect_message(d, bytes_of_text(topic), built_end(&built), T0, want);
}

/* One metric alone, under a name and with its datatype, through a decoder of its own. */
static void metric_gives(struct field f, const char *want)
{
    struct decoder *d = new_decoder(false);
    built_begin(&built, 0, -1);
    built_metric(&built, f);
    expect_built(d, "spBv1.0/g/NDATA/n", want);
    decoder_free(d);
}

static void integers_take_the_width_and_sign_of_their_datatype(void **state)
{
    (void)state;
    metric_gives(NAMED("m", 1, 10, 251), "g/n/m=-5");
    metric_gives(NAMED("m", 1, 10, 0xfffffffb), "g/n/m=-5");
    metric_gives(NAMED("m", 1, 10, 0xfffffffffffffffb), "g/n/m=-5");
    metric_gives(NAMED("m", 2, 10, 64302), "g/n/m=-1234");
    metric_gives(NAMED("m", 2, 10, 32767), "g/n/m=32767");
    metric_gives(NAMED("m", 3, 10, 4294897296), "g/n/m=-70000");
    metric_gives(NAMED("m", 3, 11, 0xffffffffffffffff), "g/n/m=-1");
    metric_gives(NAMED("m", 4, 11, 0xffffffffffffffff), "g/n/m=-1");
    metric_gives(NAMED("m", 4, 10, 5), "g/n/m=5");
    metric_gives(NAMED("m", 5, 10, 251), "g/n/m=251");
    metric_gives(NAMED("m", 5, 10, 0x1fb), "g/n/m=251");
    metric_gives(NAMED("m", 6, 10, 64302), "g/n/m=64302");
    metric_gives(NAMED("m", 7, 11, 4294967295), "g/n/m=4294967295");
    metric_gives(NAMED("m", 8, 11, 0xffffffffffffffff), "g/n/m=18446744073709552000");
    metric_gives(NAMED("m", 13, 11, T0), "g/n/m=1700000000000");
    metric_gives(NAMED("m", 0, 10, 7), "g/n/m=7");
    metric_gives(NAMED("m", 0, 11, 7), "g/n/m=7");
}

static void other_datatypes_are_numbers_truth_values_or_nothing(void **state)
{
    (void)state;
    metric_gives(NAMED("m", 9, 12, bits_of_float(1.5F)), "g/n/m=1.5");
    metric_gives(NAMED("m", 10, 13, bits_of_double(-2.25)), "g/n/m=-2.25");
    metric_gives(NAMED("m", 10, 12, bits_of_float(1.5F)), "g/n/m=1.5");
    metric_gives(NAMED("m", 11, 14, 1), "g/n/m=1 bool");
    metric_gives(NAMED("m", 11, 10, 0), "g/n/m=0 bool");
    metric_gives(NAMED("m", 0, 14, 0), "g/n/m=0 bool");
    metric_gives(NAMED("m", 9, 12, 0x7fc00000), "!not_finite");
    metric_gives(NAMED("m", 10, 13, 0x7ff0000000000000), "!not_finite");
    metric_gives(
        (struct field){
            .name = "m", .alias = -1, .datatype = 12, .value_field = 15, .bytes = BYTES("42")},
        "");
    metric_gives((struct field){.name = "m",
                                .alias = -1,
                                .datatype = 16,
                                .value_field = 17,
                                .bytes = BYTES("\x08\x02")},
                 "");
    metric_gives((struct field){.name = "m",
                                .alias = -1,
                                .datatype = 17,
                                .value_field = 16,
                                .bytes = BYTES("\x01\x02\x03")},
                 "");
    metric_gives(NAMED("m", 3, 0, 0), "");
    metric_gives(NAMED("bdSeq", 4, 11, 3), "");
    metric_gives(NAMED("Node Control/Scan Rate", 3, 10, 3), "");
    metric_gives(NAMED("Device Control/Reboot", 11, 14, 1), "");
    metric_gives(NAMED("Properties/Slots", 3, 10, 3), "g/n/Properties/Slots=3");
    metric_gives(NAMED("a\x01", 3, 10, 3), "!bad_sensor_id");
    metric_gives(NAMED("a\xff", 3, 10, 3), "!invalid_utf8");
}

static void array_gives(unsigned datatype, struct bytes bytes, const char *want)
{
    metric_gives(
        (struct field){
            .name = "a", .alias = -1, .datatype = datatype, .value_field = 16, .bytes = bytes},
        want);
}

static void arrays_are_packed_little_endian(void **state)
{
    (void)state;
    array_gives(22, BYTES("\xfb\x05"), "g/n/a.0=-5\ng/n/a.1=5");
    array_gives(23, BYTES("\x2e\xfb"), "g/n/a.0=-1234");
    array_gives(24, BYTES("\xff\xff\xff\xff\x07\x00\x00\x00"), "g/n/a.0=-1\ng/n/a.1=7");
    array_gives(25, BYTES("\xfe\xff\xff\xff\xff\xff\xff\xff"), "g/n/a.0=-2");
    array_gives(26, BYTES("\xfb"), "g/n/a.0=251");
    array_gives(27, BYTES("\x2e\xfb"), "g/n/a.0=64302");
    array_gives(28, BYTES("\xff\xff\xff\xff"), "g/n/a.0=4294967295");
    array_gives(29, BYTES("\x01\x00\x00\x00\x00\x00\x00\x00"), "g/n/a.0=1");
    array_gives(30, BYTES("\x00\x00\xc0\x3f"), "g/n/a.0=1.5");
    array_gives(31, BYTES("\x00\x00\x00\x00\x00\x00\xf8\x3f"), "g/n/a.0=1.5");
    array_gives(32, BYTES("\x03\x00\x00\x00\xa0"),
                "g/n/a.0=1 bool\ng/n/a.1=0 bool\ng/n/a.2=1 bool");
    array_gives(32, BYTES("\xff\xff\xff\xff"), "");
    array_gives(33, BYTES("one\0two\0"), "");
    array_gives(34, BYTES("\x00\x68\xe5\xcf\x8b\x01\x00\x00"), "g/n/a.0=1700000000000");
    array_gives(24, BYTES("\xff\xff\xff\xff\x07\x00"), "g/n/a.0=-1");
    array_gives(24, BYTES(""), "");
}

static void a_long_array_gives_its_first_elements_and_the_loss_is_counted(void **state)
{
    (void)state;
    static uint8_t many[LIMIT_FLATTEN_LEAVES + 44];
    struct decoder *d = new_decoder(false);
    struct decoded got;
    built_begin(&built, 0, -1);
    built_metric(&built, (struct field){.name = "a",
                                        .alias = -1,
                                        .datatype = 26,
                                        .value_field = 16,
                                        .bytes = bytes_of(many, sizeof many)});
    struct decode_input in = {BYTES("spBv1.0/g/NDATA/n"), built_end(&built), 0, 0, T0};
    decode_message(d, &in, &got);
    assert_int_equal(got.count, LIMIT_FLATTEN_LEAVES);
    assert_int_equal(atomic_load(&metrics.dropped[DROP_TOO_MANY_VALUES]), 1);
    decoder_free(d);
}

static void a_metric_takes_its_own_time_else_that_of_the_payload(void **state)
{
    (void)state;
    struct decoder *d = new_decoder(false);
    struct field f = NAMED("m", 3, 10, 1);
    built_begin(&built, T0, -1);
    built_metric(&built, f);
    f.time = T0 + 5;
    built_metric(&built, f);
    f.time = 12;
    built_metric(&built, f);
    expect_built(d, "spBv1.0/g/NDATA/n",
                 "g/n/m=1@1700000000000\ng/n/m=1@1700000000005\ng/n/m=1@1700000000000");
    decoder_free(d);
}

static void late_and_passing_values_are_marked(void **state)
{
    (void)state;
    struct decoder *d = new_decoder(false);
    struct decoded got;
    struct field f = NAMED("m", 3, 10, 1);
    built_begin(&built, T0, -1);
    f.flag = 5;
    built_metric(&built, f);
    f.flag = 6;
    built_metric(&built, f);
    struct decode_input in = {BYTES("spBv1.0/g/NDATA/n"), built_end(&built), 0, 0, T0};
    decode_message(d, &in, &got);
    assert_int_equal(got.count, 2);
    assert_int_equal(got.records[0].flags, DECODE_HISTORICAL);
    assert_int_equal(got.records[1].flags, DECODE_TRANSIENT);
    decoder_free(d);
}

/* An edge node with bdSeq and one metric, alias 1. */
static void node_birth(struct decoder *d, const char *topic, uint64_t bd_seq)
{
    char want[128];
    built_begin(&built, T0, 0);
    built_metric(&built, NAMED("bdSeq", 4, 11, bd_seq));
    built_metric(&built, (struct field){.name = "up",
                                        .alias = 1,
                                        .datatype = 3,
                                        .value_field = 10,
                                        .value = 4294967295,
                                        .unit = "C"});
    (void)snprintf(want, sizeof want,
                   "g/n is online@%lld\ng/n/up=-1\xc2\xb0"
                   "C@%lld",
                   (long long)T0, (long long)T0);
    expect_built(d, topic, want);
}

/* A device with a metric, alias 2, of a datatype. */
static void device_birth(struct decoder *d, unsigned datatype, int seq)
{
    built_begin(&built, T0, seq);
    built_metric(
        &built,
        (struct field){
            .name = "x/y", .alias = 2, .datatype = datatype, .value_field = 10, .value = 1});
    expect_built(d, "spBv1.0/g/DBIRTH/n/d",
                 "g/n/d is online@1700000000000\n"
                 "g/n/d/x/y=1@1700000000000");
}

static void data(struct field f, int seq)
{
    built_begin(&built, 0, seq);
    built_metric(&built, f);
}

static void an_alias_stands_for_what_the_birth_named(void **state)
{
    (void)state;
    struct decoder *d = new_decoder(false);
    node_birth(d, "spBv1.0/g/NBIRTH/n", 0);
    device_birth(d, 1, 1);
    data(ALIASED(1, 10, 4294967291), 2);
    expect_built(d, "spBv1.0/g/NDATA/n",
                 "g/n/up=-5\xc2\xb0"
                 "C");
    data(ALIASED(2, 10, 251), 3);
    expect_built(d, "spBv1.0/g/DDATA/n/d", "g/n/d/x/y=-5");
    data((struct field){.name = "x/y", .alias = 2, .value_field = 10, .value = 250}, 4);
    expect_built(d, "spBv1.0/g/DDATA/n/d", "g/n/d/x/y=-6");
    data(NAMED("x/y", 0, 10, 250), 5);
    expect_built(d, "spBv1.0/g/DDATA/n/d", "g/n/d/x/y=-6");
    data(ALIASED(9, 10, 1), 6);
    expect_built(d, "spBv1.0/g/DDATA/n/d", "!unknown_alias");
    data(ALIASED(2, 10, 1), 0);
    expect_built(d, "spBv1.0/other/DDATA/n/d", "!unknown_alias");
    assert_int_equal(atomic_load(&metrics.dropped[DROP_UNKNOWN_ALIAS]), 2);
    decoder_free(d);
}

static void known_metrics_beside_an_unknown_alias_are_recorded(void **state)
{
    (void)state;
    struct decoder *d = new_decoder(false);
    struct decoded got;
    built_begin(&built, 0, 3);
    built_metric(&built, ALIASED(7, 10, 1));
    built_metric(&built, NAMED("t", 3, 10, 5));
    struct decode_input in = {BYTES("spBv1.0/g/DDATA/n/d"), built_end(&built), 0, 0, T0};
    decode_message(d, &in, &got);
    assert_int_equal(got.count, 1);
    assert_true(got.note.len > 0 && memmem(got.note.ptr, got.note.len, "g/n/d", 5));
    assert_int_equal(atomic_load(&metrics.dropped[DROP_UNKNOWN_ALIAS]), 1);
    decoder_free(d);
}

static void a_new_birth_voids_the_aliases_before_it(void **state)
{
    (void)state;
    struct decoder *d = new_decoder(false);
    node_birth(d, "spBv1.0/g/NBIRTH/n", 0);
    device_birth(d, 1, 1);
    node_birth(d, "spBv1.0/g/NBIRTH/n", 0);
    data(ALIASED(2, 10, 251), 1);
    expect_built(d, "spBv1.0/g/DDATA/n/d", "!unknown_alias");
    device_birth(d, 5, 2);
    data(ALIASED(2, 10, 251), 3);
    expect_built(d, "spBv1.0/g/DDATA/n/d", "g/n/d/x/y=251");
    device_birth(d, 1, 4);
    data(ALIASED(2, 10, 251), 5);
    expect_built(d, "spBv1.0/g/DDATA/n/d", "g/n/d/x/y=-5");
    decoder_free(d);
}

static void a_node_takes_its_devices_with_it_when_it_dies(void **state)
{
    (void)state;
    struct decoder *d = new_decoder(false);
    node_birth(d, "spBv1.0/g/NBIRTH/n", 7);
    device_birth(d, 1, 1);
    data(NAMED("t", 3, 10, 5), 2);
    expect_built(d, "spBv1.0/g/DDATA/n/e", "g/n/e/t=5");
    built_begin(&built, T0, -1);
    built_metric(&built, NAMED("bdSeq", 8, 11, 6));
    expect_built(d, "spBv1.0/g/NDEATH/n", "");
    built_begin(&built, T0, -1);
    built_metric(&built, NAMED("bdSeq", 8, 11, 7));
    expect_built(d, "spBv1.0/g/NDEATH/n", "g/n is offline\ng/n/e is offline\ng/n/d is offline");
    built_begin(&built, T0 + 9, 3);
    expect_built(d, "spBv1.0/g/DDEATH/n/d", "g/n/d is offline@1700000000009");
    built_begin(&built, 0, -1);
    expect_built(d, "spBv1.0/h/NDEATH/n", "h/n is offline");
    decoder_free(d);
}

static void a_host_tells_its_state_in_json(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {"spBv1.0/STATE/h", "{\"online\":true,\"timestamp\":1700000000000}",
         "STATE/h is online@1700000000000"},
        {"spBv1.0/STATE/h", "{\"timestamp\":1700000000000,\"online\":false}",
         "STATE/h is offline@1700000000000"},
        {"spBv1.0/STATE/h", "{\"online\":false}", "STATE/h is offline"},
        {"spBv1.0/STATE/h", "OFFLINE", "STATE/h is offline"},
        {"spBv1.0/STATE/h", "{\"online\":1}", "!wrong_type"},
        {"spBv1.0/STATE/h", "{}", "!wrong_type"},
        {"spBv1.0/STATE/h", "", ""},
        {"spBv1.0/STATE/h", "{", "!invalid_json"},
        {"spBv1.0/g/NCMD/n", "\x08\x01", ""},
        {"spBv1.0/g/DCMD/n/d", "\x08\x01", ""},
        {"spBv1.0/g/NDATA/n/d", "", "!undecoded"},
        {"spBv1.0/g/DDATA/n", "", "!undecoded"},
        {"spBv1.0/g/OTHER/n", "", "!undecoded"},
        {"spBv1.0//NDATA/n", "", "!bad_device_id"},
        {"spBv1.0/g/NDATA/n", "{\"a\":1}", "!invalid_protobuf"},
    };
    expect_script(steps, ARRAY_LEN(steps));
}

static void a_compressed_payload_is_named_and_not_read(void **state)
{
    (void)state;
    struct decoder *d = new_decoder(false);
    built_begin(&built, T0, 1);
    built.at = protobuf_put_bytes(built.at, 4, BYTES("SPBV1.0_COMPRESSED"));
    built.at = protobuf_put_bytes(built.at, 5, BYTES("\x78\x9c\x00"));
    expect_built(d, "spBv1.0/g/NDATA/n", "!undecoded");
    decoder_free(d);
}

static void make_and_model_are_told_and_whose_device_it_is(void **state)
{
    (void)state;
    struct decoder *d = new_decoder(false);
    struct decoded got;
    built_begin(&built, T0, 1);
    built_metric(&built, (struct field){.name = "Properties/Hardware Make",
                                        .alias = -1,
                                        .datatype = 12,
                                        .value_field = 15,
                                        .bytes = BYTES("Mk")});
    built_metric(&built, (struct field){.name = "Properties/Hardware Model",
                                        .alias = -1,
                                        .datatype = 12,
                                        .value_field = 15,
                                        .bytes = BYTES("Mo")});
    struct decode_input in = {BYTES("spBv1.0/g/DBIRTH/n/d"), built_end(&built), 0, 0, T0};
    decode_message(d, &in, &got);
    assert_int_equal(got.meta_count, 1);
    assert_true(bytes_equal(got.meta[0].device, BYTES("g/n/d")));
    assert_true(bytes_equal(got.meta[0].parent, BYTES("g/n")));
    assert_true(bytes_equal(got.meta[0].manufacturer, BYTES("Mk")));
    assert_true(bytes_equal(got.meta[0].model, BYTES("Mo")));
    decoder_free(d);
}

/* ---- sequence and rebirth ---- */

/* Requests that a message with a sequence number gives rise to. */
static size_t requests_after(struct decoder *d, const char *topic, int seq, wall_ms now)
{
    struct decoded got;
    data(NAMED("t", 3, 10, 1), seq);
    struct decode_input in = {bytes_of_text(topic), built_end(&built), 0, 0, now};
    decode_message(d, &in, &got);
    if (got.request_count > 0) {
        assert_true(bytes_equal(got.requests[0].topic, BYTES("spBv1.0/g/NCMD/n")));
    }
    return got.request_count;
}

static void data_before_a_birth_asks_for_it_once_in_a_while(void **state)
{
    (void)state;
    struct decoder *d = new_decoder(true);
    assert_int_equal(requests_after(d, "spBv1.0/g/NDATA/n", 1, T0), 1);
    assert_int_equal(requests_after(d, "spBv1.0/g/NDATA/n", 2, T0 + 10), 0);
    assert_int_equal(requests_after(d, "spBv1.0/g/DDATA/n/d", 3, T0 + 4999), 0);
    assert_int_equal(requests_after(d, "spBv1.0/g/DBIRTH/n/d", 4, T0 + 5000), 1);
    decoder_free(d);
    d = new_decoder(false);
    assert_int_equal(requests_after(d, "spBv1.0/g/NDATA/n", 1, T0), 0);
    decoder_free(d);
}

static void a_request_is_a_command_of_one_boolean_metric(void **state)
{
    (void)state;
    struct decoder *d = new_decoder(true);
    struct decoded got;
    struct protobuf_field f;
    data(ALIASED(5, 10, 1), 4);
    struct decode_input in = {BYTES("spBv1.0/g/NDATA/n"), built_end(&built), 0, 0, T0};
    decode_message(d, &in, &got);
    assert_int_equal(got.request_count, 1);
    struct protobuf_reader r = protobuf_reader_of(got.requests[0].payload);
    assert_true(protobuf_next(&r, &f) && f.number == 1 && f.value == T0);
    assert_true(protobuf_next(&r, &f) && f.number == 2);
    struct protobuf_reader m = protobuf_reader_of(f.bytes);
    assert_true(protobuf_next(&m, &f) && f.number == 1);
    assert_true(bytes_equal(f.bytes, BYTES("Node Control/Rebirth")));
    assert_true(protobuf_next(&m, &f) && f.number == 3 && f.value == T0);
    assert_true(protobuf_next(&m, &f) && f.number == 4 && f.value == 11);
    assert_true(protobuf_next(&m, &f) && f.number == 14 && f.value == 1);
    assert_false(protobuf_next(&m, &f) || m.failed || protobuf_next(&r, &f) || r.failed);
    decoder_free(d);
}

static void messages_that_overtake_each_other_are_no_gap(void **state)
{
    (void)state;
    static const int order[] = {1, 3, 4, 2, 5, 7, 6, 8};
    struct decoder *d = new_decoder(true);
    node_birth(d, "spBv1.0/g/NBIRTH/n", 0);
    for (size_t i = 0; i < ARRAY_LEN(order); i++) {
        assert_int_equal(requests_after(d, "spBv1.0/g/NDATA/n", order[i], T0 + (wall_ms)i * 1500),
                         0);
    }
    decoder_free(d);
}

static void a_gap_that_stays_asks_for_a_rebirth(void **state)
{
    (void)state;
    struct decoder *d = new_decoder(true);
    node_birth(d, "spBv1.0/g/NBIRTH/n", 0);
    for (int i = 1; i < 600; i++) {
        assert_int_equal(requests_after(d, "spBv1.0/g/NDATA/n", i % 256, T0 + i), 0);
    }
    assert_int_equal(requests_after(d, "spBv1.0/g/NDATA/n", 90, T0 + 1000), 0);
    assert_int_equal(requests_after(d, "spBv1.0/g/NDATA/n", 91, T0 + 2999), 0);
    assert_int_equal(requests_after(d, "spBv1.0/g/NDATA/n", 92, T0 + 3000), 1);
    assert_int_equal(requests_after(d, "spBv1.0/g/NDATA/n", 93, T0 + 3001), 0);
    assert_int_equal(requests_after(d, "spBv1.0/g/NDATA/n", 94, T0 + 9000), 0);
    decoder_free(d);
}

/* ---- bad input ---- */

static void a_payload_cut_anywhere_is_refused_or_a_shorter_one(void **state)
{
    (void)state;
    struct decoder *d = new_decoder(true);
    struct buf copy = {0};
    struct decoded got;
    built_begin(&built, T0, 0);
    built_metric(&built, NAMED("bdSeq", 4, 11, 1));
    built_metric(&built, (struct field){.name = "up",
                                        .alias = 1,
                                        .datatype = 3,
                                        .value_field = 10,
                                        .value = 4294967295,
                                        .unit = "C",
                                        .time = T0});
    built_metric(&built, NAMED("f", 10, 13, bits_of_double(1)));
    struct bytes whole = built_end(&built);
    static const char *const topics[] = {"spBv1.0/g/NBIRTH/n", "spBv1.0/g/DBIRTH/n/d",
                                         "spBv1.0/g/NDATA/n", "spBv1.0/g/NDEATH/n"};
    for (size_t t = 0; t < ARRAY_LEN(topics); t++) {
        size_t refused = 0;
        for (size_t len = 0; len < whole.len; len++) {
            struct decode_input in = {bytes_of_text(topics[t]), bytes_of(whole.ptr, len), 0, 0, T0};
            decode_copy(d, in, &got, &copy);
            assert_true(got.drop == DROP_NONE || got.drop == DROP_INVALID_PROTOBUF);
            refused += got.drop == DROP_INVALID_PROTOBUF;
        }
        assert_true(refused > whole.len / 2);
    }
    buf_fini(&copy);
    decoder_free(d);
}

static void a_flood_of_nodes_leaves_memory_at_its_cap_and_known_ones_untouched(void **state)
{
    (void)state;
    struct decoder *d = new_decoder(false);
    char topic[64];
    node_birth(d, "spBv1.0/g/NBIRTH/n", 0);
    for (int i = 0; i < 100000; i++) {
        struct decoded got;
        int len = snprintf(topic, sizeof topic, "spBv1.0/flood/NBIRTH/%d", i);
        built_begin(&built, T0, 0);
        for (int m = 0; m < 8; m++) {
            built_metric(&built, (struct field){.name = "a name of some length",
                                                .alias = m,
                                                .datatype = 3,
                                                .value_field = 10,
                                                .value = 1});
        }
        struct decode_input in = {bytes_of(topic, (size_t)len), built_end(&built), 0, 0, T0 + i};
        decode_message(d, &in, &got);
        assert_int_equal(got.count, 9);
    }
    assert_true(atomic_load(&metrics.dropped[DROP_MEMORY_FULL]) > 0);
    data(ALIASED(1, 10, 7), 1);
    expect_built(d, "spBv1.0/g/NDATA/n",
                 "g/n/up=7\xc2\xb0"
                 "C");
    decoder_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_take_the_width_and_sign_of_their_datatype),
        cmocka_unit_test(other_datatypes_are_numbers_truth_values_or_nothing),
        cmocka_unit_test(arrays_are_packed_little_endian),
        cmocka_unit_test(a_long_array_gives_its_first_elements_and_the_loss_is_counted),
        cmocka_unit_test(a_metric_takes_its_own_time_else_that_of_the_payload),
        cmocka_unit_test(late_and_passing_values_are_marked),
        cmocka_unit_test(an_alias_stands_for_what_the_birth_named),
        cmocka_unit_test(known_metrics_beside_an_unknown_alias_are_recorded),
        cmocka_unit_test(a_new_birth_voids_the_aliases_before_it),
        cmocka_unit_test(a_node_takes_its_devices_with_it_when_it_dies),
        cmocka_unit_test(a_host_tells_its_state_in_json),
        cmocka_unit_test(a_compressed_payload_is_named_and_not_read),
        cmocka_unit_test(make_and_model_are_told_and_whose_device_it_is),
        cmocka_unit_test(data_before_a_birth_asks_for_it_once_in_a_while),
        cmocka_unit_test(a_request_is_a_command_of_one_boolean_metric),
        cmocka_unit_test(messages_that_overtake_each_other_are_no_gap),
        cmocka_unit_test(a_gap_that_stays_asks_for_a_rebirth),
        cmocka_unit_test(a_payload_cut_anywhere_is_refused_or_a_shorter_one),
        cmocka_unit_test(a_flood_of_nodes_leaves_memory_at_its_cap_and_known_ones_untouched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
