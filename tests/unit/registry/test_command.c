/* SPDX-License-Identifier: Apache-2.0 */
/* What a person may change of devices and sensors, and how a wrong wish is answered. */
#include "world.h"

#include <math.h>

static void make(struct world *w)
{
    world_init(w, NULL);
    (void)world_read(w, origin("d", "s"), 1, WALL_NONE, 0);
    world_turn(w, START + 1);
}

static void a_patch_changes_what_it_names_and_nothing_else(void **state)
{
    (void)state;
    struct world w;
    make(&w);
    struct command *c = command_for(COMMAND_PATCH_DEVICE, "d", NULL);
    c->fields = FIELD_NAME | FIELD_LOCATION | FIELD_TAGS | FIELD_ATTRIBUTES | FIELD_MODEL;
    c->name = strdup("Pump");
    c->model = strdup("P-200");
    c->located = true;
    c->lat = -90;
    c->lng = 180;
    c->tags = malloc(8);
    memcpy(c->tags, "hall\0hot", 8);
    c->tags = realloc(c->tags, 9);
    c->tags[8] = '\0';
    c->tags_len = 9;
    c->attributes = strdup("{\"floor\":2}");
    world_command(&w, c, OK, NULL);
    const struct registry_device *d = world_device(&w, "d");
    assert_string_equal(d->name, "Pump");
    assert_string_equal(d->model, "P-200");
    assert_true(d->located && d->lat == -90 && d->lng == 180);
    assert_int_equal(d->tags_len, 9);
    assert_memory_equal(d->tags, "hall\0hot", 9);
    assert_string_equal(d->attributes, "{\"floor\":2}");
    assert_string_equal(d->place, "");
    assert_int_equal(d->changed_seq, 2);
    assert_int_equal(w.out->device_count, 1);

    c = command_for(COMMAND_PATCH_DEVICE, "d", NULL);
    c->fields = FIELD_LOCATION | FIELD_PLACE | FIELD_TAGS;
    c->place = strdup("Hall 3");
    world_command(&w, c, OK, NULL);
    assert_false(d->located);
    assert_string_equal(d->place, "Hall 3");
    assert_string_equal(d->name, "Pump");
    assert_int_equal(d->tags_len, 0);
    world_fini(&w);
}

static void a_sensor_gets_name_unit_range_and_decimals(void **state)
{
    (void)state;
    struct world w;
    make(&w);
    struct command *c = command_for(COMMAND_PATCH_SENSOR, "d", "s");
    c->fields = FIELD_NAME | FIELD_UNIT | FIELD_RANGE | FIELD_DECIMALS;
    c->name = strdup("Pressure");
    c->unit = strdup("bar");
    c->ranged = true;
    c->min = -1;
    c->max = 16;
    c->decimals = 2;
    world_command(&w, c, OK, NULL);
    const struct registry_series *s = world_series(&w, "d", "s");
    assert_string_equal(s->name, "Pressure");
    assert_string_equal(s->unit, "bar");
    assert_true(s->ranged && s->min == -1 && s->max == 16);
    assert_int_equal(s->decimals, 2);
    assert_true(s->has_latest && s->value == 1);
    assert_false(w.out->series[0].has_latest);
    c = command_for(COMMAND_PATCH_SENSOR, "d", "s");
    c->fields = FIELD_RANGE | FIELD_DECIMALS;
    world_command(&w, c, OK, NULL);
    assert_false(s->ranged);
    assert_int_equal(s->decimals, -1);
    assert_string_equal(s->name, "Pressure");
    world_fini(&w);
}

static struct command *device_text(enum command_field field, size_t len)
{
    struct command *c = command_for(COMMAND_PATCH_DEVICE, "d", NULL);
    char *text = malloc(len + 1);
    memset(text, 'x', len);
    text[len] = '\0';
    c->fields = field;
    *(field == FIELD_NAME    ? &c->name
      : field == FIELD_MODEL ? &c->model
      : field == FIELD_PLACE ? &c->place
                             : &c->attributes) = text;
    return c;
}

static void texts_that_are_too_long_name_their_field(void **state)
{
    (void)state;
    struct world w;
    make(&w);
    world_command(&w, device_text(FIELD_NAME, 256), OK, NULL);
    world_command(&w, device_text(FIELD_NAME, 257), ERR_INVALID, "name");
    world_command(&w, device_text(FIELD_MODEL, 257), ERR_INVALID, "model");
    world_command(&w, device_text(FIELD_PLACE, 257), ERR_INVALID, "place");
    world_command(&w, device_text(FIELD_ATTRIBUTES, 4096), OK, NULL);
    world_command(&w, device_text(FIELD_ATTRIBUTES, 4097), ERR_INVALID, "attributes");
    struct command *c = command_for(COMMAND_PATCH_DEVICE, "d", NULL);
    c->fields = FIELD_NAME | FIELD_PLACE;
    c->place = strdup("fine");
    c->name = strdup("line\nbreak");
    world_command(&w, c, ERR_INVALID, "name");
    assert_string_equal(world_device(&w, "d")->place, "");
    world_fini(&w);
}

static void places_outside_the_earth_are_refused(void **state)
{
    (void)state;
    struct world w;
    make(&w);
    const double bad[][2] = {{90.1, 0}, {-91, 0},         {0, 180.5},
                             {0, -181}, {(double)NAN, 0}, {0, (double)INFINITY}};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct command *c = command_for(COMMAND_PATCH_DEVICE, "d", NULL);
        c->fields = FIELD_LOCATION;
        c->located = true;
        c->lat = bad[i][0];
        c->lng = bad[i][1];
        world_command(&w, c, ERR_INVALID, "location");
    }
    world_fini(&w);
}

static void tags_must_be_whole_and_few(void **state)
{
    (void)state;
    struct world w;
    make(&w);
    char many[33 * 2];
    char longest[LIMIT_TAG_BYTES + 2];
    for (size_t i = 0; i < sizeof many; i++) {
        many[i] = i % 2 ? '\0' : 'x';
    }
    memset(longest, 'x', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    const struct {
        const char *tags;
        size_t len;
        enum err result;
    } table[] = {
        {many, 32 * 2, OK},
        {many, 33 * 2, ERR_INVALID},
        {longest + 1, LIMIT_TAG_BYTES + 1, OK},
        {longest, LIMIT_TAG_BYTES + 2, ERR_INVALID},
        {"a\0\0", 3, ERR_INVALID},  /* an empty tag */
        {"a\0b", 3, ERR_INVALID},   /* no NUL at the end */
        {"a\tb\0", 4, ERR_INVALID}, /* a control character */
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        struct command *c = command_for(COMMAND_PATCH_DEVICE, "d", NULL);
        c->fields = FIELD_TAGS;
        c->tags = malloc(table[i].len);
        memcpy(c->tags, table[i].tags, table[i].len);
        c->tags_len = table[i].len;
        world_command(&w, c, table[i].result, table[i].result == OK ? NULL : "tags");
    }
    world_fini(&w);
}

static void wrong_sensor_settings_name_their_field(void **state)
{
    (void)state;
    struct world w;
    make(&w);
    const struct {
        double min, max;
        int decimals;
        const char *field;
    } table[] = {
        {0, 1, 15, NULL},           {0, 1, 16, "decimals"},     {0, 1, -2, "decimals"},
        {(double)NAN, 1, 0, "min"}, {0, (double)NAN, 0, "max"}, {1, 1, 0, "max"},
        {2, 1, 0, "max"},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        struct command *c = command_for(COMMAND_PATCH_SENSOR, "d", "s");
        c->fields = FIELD_RANGE | FIELD_DECIMALS;
        c->ranged = true;
        c->min = table[i].min;
        c->max = table[i].max;
        c->decimals = table[i].decimals;
        world_command(&w, c, table[i].field ? ERR_INVALID : OK, table[i].field);
    }
    struct command *c = command_for(COMMAND_PATCH_SENSOR, "d", "s");
    c->fields = FIELD_UNIT;
    c->unit = strdup("a unit of more than thirty-two bytes");
    world_command(&w, c, ERR_INVALID, "unit");
    world_fini(&w);
}

static void what_is_not_there_is_not_found(void **state)
{
    (void)state;
    struct world w;
    make(&w);
    world_command(&w, command_for(COMMAND_PATCH_DEVICE, "x", NULL), ERR_NOT_FOUND, NULL);
    world_command(&w, command_for(COMMAND_DELETE_DEVICE, "x", NULL), ERR_NOT_FOUND, NULL);
    world_command(&w, command_for(COMMAND_PATCH_SENSOR, "d", "x"), ERR_NOT_FOUND, NULL);
    world_command(&w, command_for(COMMAND_PATCH_SENSOR, "x", "s"), ERR_NOT_FOUND, NULL);
    assert_true(batch_empty(w.out));
    world_fini(&w);
}

struct names {
    unsigned count;
    char last[32];
};

static void note(void *ctx, const char *key)
{
    struct names *n = ctx;
    n->count++;
    (void)snprintf(n->last, sizeof n->last, "%s", key);
}

static void deletions_are_remembered_up_to_a_limit(void **state)
{
    (void)state;
    struct world w;
    make(&w);
    struct names n = {0};
    assert_true(registry_deleted_since(w.r, 0, note, &n));
    assert_int_equal(n.count, 0);
    world_command(&w, command_for(COMMAND_DELETE_DEVICE, "d", NULL), OK, NULL);
    uint64_t seq = w.seq;
    assert_true(registry_deleted_since(w.r, seq - 1, note, &n));
    assert_int_equal(n.count, 1);
    assert_string_equal(n.last, "d");
    n.count = 0;
    assert_true(registry_deleted_since(w.r, seq, note, &n));
    assert_int_equal(n.count, 0);
    char name[32];
    for (unsigned i = 0; i < 1024; i++) {
        world_turn(&w, START + i);
        (void)snprintf(name, sizeof name, "gone-%u", i);
        (void)world_read(&w, origin(name, "s"), 1, WALL_NONE, 0);
        world_command(&w, command_for(COMMAND_DELETE_DEVICE, name, NULL), OK, NULL);
    }
    assert_false(registry_deleted_since(w.r, seq - 1, note, &n));
    n.count = 0;
    assert_true(registry_deleted_since(w.r, seq, note, &n));
    assert_int_equal(n.count, 1024);
    assert_string_equal(n.last, "gone-1023");
    world_fini(&w);
}

static void a_deleted_device_that_speaks_again_is_a_new_one(void **state)
{
    (void)state;
    struct world w;
    make(&w);
    world_command(&w, command_for(COMMAND_DELETE_DEVICE, "d", NULL), OK, NULL);
    assert_null(registry_find_device(w.r, BYTES("d")));
    assert_null(registry_find_series(w.r, BYTES("d"), BYTES("s")));
    assert_int_equal(registry_device_count(w.r), 0);
    assert_int_equal(registry_status_count(w.r, STATUS_ONLINE), 0);
    (void)world_read(&w, origin("d", "s"), 5, WALL_NONE, 0);
    assert_int_equal(world_device(&w, "d")->id.n, 1);
    assert_int_equal(world_series(&w, "d", "s")->id.n, 1);
    world_fini(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_patch_changes_what_it_names_and_nothing_else),
        cmocka_unit_test(a_sensor_gets_name_unit_range_and_decimals),
        cmocka_unit_test(texts_that_are_too_long_name_their_field),
        cmocka_unit_test(places_outside_the_earth_are_refused),
        cmocka_unit_test(tags_must_be_whole_and_few),
        cmocka_unit_test(wrong_sensor_settings_name_their_field),
        cmocka_unit_test(what_is_not_there_is_not_found),
        cmocka_unit_test(deletions_are_remembered_up_to_a_limit),
        cmocka_unit_test(a_deleted_device_that_speaks_again_is_a_new_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
