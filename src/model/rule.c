/* SPDX-License-Identifier: Apache-2.0 */
#include "model/rule.h"

static const char *const conditions[CONDITION_COUNT] = {
#define CONDITION_ROW(name, text) [name] = text,
    CONDITION_LIST(CONDITION_ROW)
#undef CONDITION_ROW
};

static const char *const severities[SEVERITY_COUNT] = {
#define SEVERITY_ROW(name, text) [name] = text,
    SEVERITY_LIST(SEVERITY_ROW)
#undef SEVERITY_ROW
};

static const char *const states[ALERT_STATE_COUNT] = {
#define ALERT_STATE_ROW(name, text) [name] = text,
    ALERT_STATE_LIST(ALERT_STATE_ROW)
#undef ALERT_STATE_ROW
};

static const char *const mutes[MUTE_COUNT] = {
#define MUTE_ROW(name, text) [name] = text,
    MUTE_LIST(MUTE_ROW)
#undef MUTE_ROW
};

const char *condition_text(enum condition c)
{
    ASSERT(c < CONDITION_COUNT);
    return conditions[c];
}

const char *severity_text(enum severity s)
{
    ASSERT(s < SEVERITY_COUNT);
    return severities[s];
}

const char *alert_state_text(enum alert_state s)
{
    ASSERT(s < ALERT_STATE_COUNT);
    return states[s];
}

const char *alert_mute_text(enum alert_mute m)
{
    ASSERT(m < MUTE_COUNT);
    return mutes[m];
}

/* Index of `text` in `words`, or `count`. */
static unsigned word_index(struct bytes text, const char *const *words, unsigned count)
{
    unsigned i = 0;
    while (i < count && !bytes_equal(text, bytes_of_text(words[i]))) {
        i++;
    }
    return i;
}

enum err condition_parse(struct bytes text, enum condition *c)
{
    unsigned i = word_index(text, conditions, CONDITION_COUNT);
    if (i == CONDITION_COUNT) {
        return ERR_INVALID;
    }
    *c = (enum condition)i;
    return OK;
}

enum err severity_parse(struct bytes text, enum severity *s)
{
    unsigned i = word_index(text, severities, SEVERITY_COUNT);
    if (i == SEVERITY_COUNT) {
        return ERR_INVALID;
    }
    *s = (enum severity)i;
    return OK;
}

enum err alert_mute_parse(struct bytes text, enum alert_mute *m)
{
    unsigned i = word_index(text, mutes, MUTE_COUNT);
    if (i == MUTE_COUNT) {
        return ERR_INVALID;
    }
    *m = (enum alert_mute)i;
    return OK;
}
