/* SPDX-License-Identifier: Apache-2.0 */
/* Sequence numbers of an edge node: 0..255, one for each message of it and its devices. Messages
 * may overtake each other; what is missing after a while is lost, and only new births tell what it
 * held. */
#include "decode/sparkplug.h"

/* How long a missing message may still come, ms. */
#define REORDER_MS 2000
/* A node that was asked for its births gets this long before it is asked again, ms. */
#define ASK_AGAIN_MS 5000

static uint64_t *word_of(struct sparkplug_node *n, uint8_t seq)
{
    return &n->ahead[seq / 64];
}

static uint64_t bit_of(uint8_t seq)
{
    return (uint64_t)1 << (seq % 64);
}

void sparkplug_sequence_begin(struct sparkplug_node *n, uint8_t seq)
{
    n->in_sequence = true;
    n->next_seq = (uint8_t)(seq + 1);
    n->gap = false;
    memset(n->ahead, 0, sizeof n->ahead);
}

/* Goes on behind the messages that had come too early. */
static void catch_up(struct sparkplug_node *n)
{
    while (*word_of(n, n->next_seq) & bit_of(n->next_seq)) {
        *word_of(n, n->next_seq) &= ~bit_of(n->next_seq);
        n->next_seq++;
    }
}

static bool any_ahead(const struct sparkplug_node *n)
{
    return (n->ahead[0] | n->ahead[1] | n->ahead[2] | n->ahead[3]) != 0;
}

bool sparkplug_sequence(struct sparkplug_node *n, uint8_t seq, wall_ms now)
{
    if (!n->in_sequence) {
        sparkplug_sequence_begin(n, seq);
        return false;
    }
    if (seq == n->next_seq) {
        n->next_seq++;
        catch_up(n);
        n->gap = any_ahead(n);
        n->gap_since = now;
        return false;
    }
    if (!n->gap) {
        n->gap = true;
        n->gap_since = now;
    }
    *word_of(n, seq) |= bit_of(seq);
    if (now - n->gap_since < REORDER_MS) {
        return false;
    }
    sparkplug_sequence_begin(n, seq);
    return true;
}

/* ---- asking ---- */

/* A command that makes the node publish its births: one metric, true, of type Boolean. */
static struct bytes rebirth_payload(uint8_t *room, wall_ms now)
{
    uint8_t metric[64];
    uint64_t time = now > 0 ? (uint64_t)now : 0;
    uint8_t *end = protobuf_put_bytes(metric, 1, BYTES("Node Control/Rebirth"));
    end = protobuf_put_varint(end, 3, time);
    end = protobuf_put_varint(end, 4, SPARKPLUG_BOOLEAN);
    end = protobuf_put_varint(end, SPARKPLUG_AS_BOOLEAN, 1);
    uint8_t *at = protobuf_put_varint(room, 1, time);
    at = protobuf_put_bytes(at, 2, bytes_of(metric, (size_t)(end - metric)));
    return bytes_of(room, (size_t)(at - room));
}

void sparkplug_ask_rebirth(struct decoder *d, struct sparkplug_node *n,
                           const struct decode_topic *t, wall_ms now)
{
    uint8_t room[96];
    struct bytes topic;
    struct bytes levels[] = {t->level[0], t->level[1], BYTES("NCMD"), t->level[3]};
    if (!d->config.sparkplug_rebirth || (n->asked && now - n->asked_at < ASK_AGAIN_MS)) {
        return;
    }
    if (decode_join(d, levels, ARRAY_LEN(levels), BYTES("/"), LIMIT_TOPIC_BYTES, &topic)) {
        decode_add_request(d, topic, rebirth_payload(room, now));
        n->asked = true;
        n->asked_at = now;
    }
}
