/* SPDX-License-Identifier: Apache-2.0 */
/* Every size that a peer could otherwise choose, each with its reason. A default that a setting can
 * change says so; the others are fixed. */
#ifndef TELLTALE_MODEL_LIMITS_H
#define TELLTALE_MODEL_LIMITS_H

/* ---- names ---- */

/* A device or sensor id, bytes. Longer ones are not names but mistakes; a row stays within a page.
 */
#define LIMIT_ID_BYTES 256
/* A unit: "µg/m³" and the like. */
#define LIMIT_UNIT_BYTES 32
/* A display name, place or model that a person types. */
#define LIMIT_NAME_BYTES 256
/* Tags a device, and bytes a tag. */
#define LIMIT_TAGS      32
#define LIMIT_TAG_BYTES 64
/* Attributes of a device, as JSON text. */
#define LIMIT_ATTRIBUTES_BYTES 4096

/* ---- documents ---- */

/* One of them: a dashboard of a hundred widgets has some 20 kB, the plan of a building more. */
#define LIMIT_KEPT_DOCUMENT_BYTES (256u << 10)
/* How many, and all their text together, held once a thread that follows them. */
#define LIMIT_DOCUMENTS       10000
#define LIMIT_DOCUMENTS_BYTES (32u << 20)

/* Links to dashboards: some dozens of screens and guests, each with a scope of its own in memory.
 */
#define LIMIT_SHARES 256
/* How long one may last at most, ms: 366 days. Who forgot about it should be asked again. */
#define LIMIT_SHARE_MS 31622400000
/* Devices that the variables of a shared dashboard may stand for: as many as a widget repeats. */
#define LIMIT_SHARE_DEVICES 24
/* Series that one link lets see, looked at each second while somebody watches. */
#define LIMIT_SHARE_SERIES 1024
/* Who watches one link at one time: a link that went round takes no places from the others. */
#define LIMIT_SHARE_CLIENTS 200
/* History questions of all that follow links: a quarter of LIMIT_QUERIES. */
#define LIMIT_SHARE_QUERIES 16
/* Earlier versions of a dashboard that are kept, and their text together. */
#define LIMIT_EARLIER       20
#define LIMIT_EARLIER_BYTES (128u << 10)

/* Pixels a side of a picture: what a browser unfolds of it takes four bytes each. */
#define LIMIT_PICTURE_SIDE 8192

/* ---- rules and alerts ---- */

/* A rule as JSON: the largest that people write have a list of some hundred devices. */
#define LIMIT_RULE_BYTES (16u << 10)
/* Conditions of one rule, and how deep they nest: beyond it nobody knows what the rule does. */
#define LIMIT_RULE_CONDITIONS 16
#define LIMIT_RULE_DEPTH      4
/* What a rule may ask for in time, ms: 31 days. */
#define LIMIT_RULE_DURATION_MS 2678400000
/* Members for whoever delivers, and the text of a message. */
#define LIMIT_RULE_NOTIFY_BYTES  4096
#define LIMIT_RULE_MESSAGE_BYTES 1024
/* Rules times devices, some 130 bytes each. More is a rule on everything, made a hundred times. */
#define LIMIT_RULE_INSTANCES 1000000
/* Of those that count how often within a time: each keeps that many times. */
#define LIMIT_RULE_TIMES 16
/* A back-test: series that it reads, and firings of one device that it tells one by one. */
#define LIMIT_TRIAL_SERIES  512
#define LIMIT_TRIAL_FIRINGS 1000
/* What somebody says when he acknowledges an alert: a few sentences. */
#define LIMIT_NOTE_BYTES 1024

/* ---- people ---- */

/* Accounts, and browsers of one that are logged in at a time; beyond it the one that logged in
 * first is logged out. All of them are looked through with each request of a page: 4,096. */
#define LIMIT_ACCOUNTS       256
#define LIMIT_ACCOUNT_LOGINS 16
/* How long a login lasts, ms: a month, so that who looks daily is not asked again and again. */
#define LIMIT_LOGIN_MS 2592000000
/* A password, in bytes: as short as guesses at one in 16 s bear, and no book. */
#define LIMIT_PASSWORD_MIN 10
#define LIMIT_PASSWORD_MAX 256
/* Passwords that wait for their turn to be checked, which takes some 30 ms each here and 0.2 s on
 * a small board. */
#define LIMIT_PASSWORDS_WAITING 16

/* ---- device credentials ---- */

/* As many as devices, and all their text together: an admin's script that goes wrong must not take
 * the machine's memory. */
#define LIMIT_CREDENTIALS       100000
#define LIMIT_CREDENTIALS_BYTES (64u << 20)
/* One list of patterns of a credential: some dozens of them. */
#define LIMIT_CREDENTIAL_RULES_BYTES 4096
/* The last use of a credential is written this often at most, ms: a fleet that connects anew after
 * an outage should not write a row a device. */
#define LIMIT_CREDENTIAL_USED_MS 3600000

/* ---- fleet (settings; these are defaults) ---- */

#define LIMIT_DEVICES            100000
#define LIMIT_SERIES             200000
#define LIMIT_SENSORS_PER_DEVICE 1024
#define LIMIT_RULES              10000

/* ---- MQTT in ---- */

/* One packet; the largest that MQTT allows would let a peer take 256 MB of us. */
#define LIMIT_MQTT_PACKET_BYTES (2u << 20)
/* Payloads above this are not decoded: no reading is that large. */
#define LIMIT_DECODE_BYTES (256u << 10)
/* The same for documents that describe many devices at once: the list of a Zigbee bridge has some
 * 5 KiB for each. */
#define LIMIT_DOCUMENT_BYTES LIMIT_MQTT_PACKET_BYTES
/* MQTT's own limit is 65,535; topics of devices are far below 1 KiB. */
#define LIMIT_TOPIC_BYTES  1024
#define LIMIT_TOPIC_LEVELS 32
/* Connections (setting). */
#define LIMIT_MQTT_CONNECTIONS 20000
/* Messages a second of a connection that logged in as a device (setting; a burst of a second's
 * worth passes): a gateway with hundreds of devices sends some thousands, and one that runs wild
 * takes a hundredth of what we can. Tokens of people and programs are not limited. */
#define LIMIT_DEVICE_MESSAGES_PER_SECOND 10000
/* Connections of one device credential (setting): itself, what it left behind when its network
 * failed, and somebody who looks. */
#define LIMIT_DEVICE_CONNECTIONS 16
/* Filters of one session, and what waits for a subscriber that doesn't read. */
#define LIMIT_SUBSCRIPTIONS_PER_SESSION 256
#define LIMIT_SUBSCRIBER_QUEUE_BYTES    (1u << 20)
/* Filters of all sessions: at most about 1 KiB each. */
#define LIMIT_SUBSCRIPTIONS 100000
/* What a session owes its peer in messages of QoS 1 and 2 before its connection is closed, or,
 * while it has none, before newer ones are dropped. What one turn of the loop brings may go beyond,
 * since nobody had a chance to acknowledge it. */
#define LIMIT_OUTBOX_MESSAGES 1000
#define LIMIT_OUTBOX_BURST    8192
/* Messages kept for sessions and as retained ones, all together; sessions share them. */
#define LIMIT_KEPT_MESSAGE_BYTES (128u << 20)
/* Entries of all those queues: some 40 bytes each. */
#define LIMIT_OUTBOX_ENTRIES (1u << 20)
/* Retained messages: one or two a device. Larger ones are pictures, which we are no store for. */
#define LIMIT_RETAINED               200000
#define LIMIT_RETAINED_BYTES         (64u << 20)
#define LIMIT_RETAINED_MESSAGE_BYTES (256u << 10)
/* Topic aliases of a connection each way, at most 1 KiB each. */
#define LIMIT_TOPIC_ALIASES 16
/* What a 5.0 client may have unacknowledged: 100,000 messages a second over 80 ms. */
#define LIMIT_MQTT_RECEIVE_MAXIMUM 8192
/* A 5.0 client is told to show life within this, so that its loss is seen soon. */
#define LIMIT_MQTT_KEEP_ALIVE_S 60
/* How long a session without a connection is kept at most: over a long weekend and more. */
#define LIMIT_SESSION_EXPIRY_S (7 * 24 * 3600)
/* What a dialled broker of MQTT 5 may have unacknowledged. */
#define LIMIT_LINK_RECEIVE_MAXIMUM 4096
/* Messages of QoS 1 to a dialled broker that it has not acknowledged. */
#define LIMIT_LINK_UNACKNOWLEDGED 256
/* Unacknowledged QoS 1 messages of one session; the sender waits beyond that. */
#define LIMIT_MQTT_INFLIGHT 65535
/* The same of all sessions together, which a store that can't commit would let grow: some 32 MB. */
#define LIMIT_MQTT_ACKS (1u << 20)
/* A CONNECT: nobody is known before it, so it gets less than others. */
#define LIMIT_MQTT_CONNECT_BYTES (64u << 10)
/* Packets of all connections that have begun and not ended. */
#define LIMIT_MQTT_PARTIAL_BYTES (64u << 20)

/* ---- decoding ---- */

/* Readings and statuses of one message: a birth of a Sparkplug node or a batch of Telegraf holds
 * thousands. */
#define LIMIT_RECORDS_PER_MESSAGE 4096
/* Readings of one JSON value, and how deep it may nest: more is a document, not a reading. */
#define LIMIT_FLATTEN_LEAVES 256
#define LIMIT_JSON_DEPTH     64
#define LIMIT_FLATTEN_DEPTH  8
/* Devices that one message describes: the list of a Zigbee bridge. */
#define LIMIT_META_PER_MESSAGE 1024
/* A mapping that is tried out: some of them, as a person types. */
#define LIMIT_MAPPING_TEXT_BYTES (16u << 10)
/* Requests that one message may give rise to. */
#define LIMIT_REQUESTS_PER_MESSAGE 4
/* What decoders remember of an ecosystem, bytes: names, units and aliases of a fleet of 100,000
 * devices; more is a flood of made-up ones. */
#define LIMIT_MEMO_BYTES (64u << 20)
/* When such a memory is full, what had no message for this long makes room, ms: devices that report
 * on change may be quiet for a day. */
#define LIMIT_MEMO_IDLE_MS (24 * 3600 * 1000)
/* Entities of Home Assistant that listen to one topic: a big inverter has some hundreds. */
#define LIMIT_ENTITIES_PER_TOPIC 1024
/* Bytes that the entities of one message look through together, each through all of it: 1,024 of
 * them 16 KiB, 64 of them 256 KiB. */
#define LIMIT_CLAIMED_BYTES (16u << 20)
/* Levels of a tree in it: a root, devices below devices, their properties. */
#define LIMIT_MEMO_DEPTH 8
/* Names, units and joined paths of one message. */
#define LIMIT_DECODE_TEXT_BYTES (1u << 20)
/* Topics that are remembered with their decoder and a sample: more than people look through; what
 * is forgotten costs one look at the table of decoders when it comes again. */
#define LIMIT_TOPICS 16384
/* Of all of them together, text and samples: 2 KiB each, several times the usual. */
#define LIMIT_TOPICS_BYTES (32u << 20)
/* Of a sample: payload, records, and what the records take. A few lines on a page. */
#define LIMIT_TOPIC_PAYLOAD_BYTES 512
#define LIMIT_TOPIC_RECORDS       16
#define LIMIT_TOPIC_RECORD_BYTES  2048
/* The last messages of the fleet, all together: of 1,000 devices, each once in 10 s, the last ten
 * minutes. */
#define LIMIT_HEARD_BYTES (16u << 20)
/* Devices that those messages are listed under: 300 bytes each would be a small message. */
#define LIMIT_HEARD_PLACES 65536
/* Of a payload: what a person reads, and what a mapping can be tried on. */
#define LIMIT_HEARD_PAYLOAD_BYTES 4096
/* That are kept a second, about: more cost the path of messages more than 1 %. */
#define LIMIT_HEARD_PER_SECOND 2000
/* Devices whose messages are all kept while somebody looks at them, up to twice that rate. */
#define LIMIT_HEARD_WATCHED 16
/* Messages of one answer. */
#define LIMIT_HEARD_PAGE 100
/* Mappings of a user: asked one by one when a topic is new. */
#define LIMIT_MAPPINGS 1000
/* Of those that are saved from the page, besides. */
#define LIMIT_SAVED_MAPPINGS 500
/* Topics of one answer. */
#define LIMIT_TOPICS_PAGE 500

/* Topics that Tasmota's discovery told, three a device: some 10,000 devices. */
#define LIMIT_TASMOTA_BYTES (8u << 20)
/* Packets and measurements that several gateways may repeat, each remembered in 24 bytes: what some
 * hundred gateways hear in the seconds by which one is slower than another. */
#define LIMIT_RECENT_PACKETS 32768
/* AWS shadows whose answers are heard, and Victron devices that people named; 24 bytes each. */
#define LIMIT_RECENT_SHADOWS 16384
#define LIMIT_RECENT_NAMES   16384
/* Victron portals that are kept awake: some thousand. */
#define LIMIT_PORTALS_BYTES (256u << 10)

/* ---- pipeline ---- */

/* A batch closes at this many readings, so that nobody downstream meets a surprise. */
#define LIMIT_BATCH_READINGS 4096
/* Ingest stops reading when this much waits for its commit, and goes on at the lower mark. */
#define LIMIT_UNCOMMITTED_HIGH_BYTES (32u << 20)
#define LIMIT_UNCOMMITTED_LOW_BYTES  (16u << 20)
/* Commands of users that wait for their commit. */
#define LIMIT_COMMANDS 1024
/* One write over HTTP, unpacked: what Telegraf sends at once is far below. */
#define LIMIT_WRITE_BODY_BYTES (4u << 20)
/* Writes over HTTP that wait for their commit, all together. */
#define LIMIT_WRITE_BYTES (32u << 20)
/* History queries that wait or run. Each holds at most LIMIT_SAMPLE_POINTS rows, 40 bytes each. */
#define LIMIT_QUERIES 64
/* Answers of several parts whose readers are not through: each holds the rows of a series, as
 * above, and two parts of 256 KiB. */
#define LIMIT_STREAMS 32
/* A reader gets this long for such an answer, ms: 10 MB at 35 kB/s. */
#define LIMIT_STREAM_MS 300000

/* ---- notifications ---- */

/* Rows of notifications that wait or belong to an open alert: some 1 KiB each. More is a storm that
 * nobody reads; what is beyond is counted. */
#define LIMIT_OUTBOX_ROWS 20000
/* Rows of the past that are kept for people to look at. */
#define LIMIT_OUTBOX_HISTORY 10000
/* Messages under way at once, and of one channel: each is a connection. */
#define LIMIT_DELIVERIES             64
#define LIMIT_DELIVERIES_PER_CHANNEL 4
/* What we read of an answer of a webhook or a push service. */
#define LIMIT_DELIVERY_ANSWER_BYTES (64u << 10)
/* One template, and what it may make. */
#define LIMIT_TEMPLATE_BYTES     (16u << 10)
#define LIMIT_RENDERED_BYTES     (256u << 10)
#define LIMIT_NOTIFICATIONS_PAGE 1000

/* ---- HTTP and live ---- */

#define LIMIT_HTTP_HEAD_BYTES (16u << 10)
#define LIMIT_HTTP_HEADERS    100
#define LIMIT_HTTP_BODY_BYTES (1u << 20)
#define LIMIT_CLIENTS         20000
/* Connections of one address that have not finished their handshake. */
#define LIMIT_HANDSHAKES_PER_ADDRESS 1024
/* Absolute deadlines of a request, ms: its head, its body, an answer that a commit or a query owes,
 * and the next request on a connection that stays (or the last answer being taken). */
#define LIMIT_HTTP_HEAD_MS   10000
#define LIMIT_HTTP_BODY_MS   30000
#define LIMIT_HTTP_ANSWER_MS 30000
#define LIMIT_HTTP_IDLE_MS   60000
/* A peer that was told the end gets this long to close, so that our last words reach it. */
#define LIMIT_LINGER_MS 2000
/* Of a WebSocket that probes, and of the binary parts of one packet. */
#define LIMIT_UPGRADE_MS     10000
#define LIMIT_ATTACHMENTS_MS 10000
/* What may wait for one browser before it counts as behind, frames counted at full length. */
#define LIMIT_CLIENT_QUEUE_BYTES (48u << 10)
/* The live side under load: from this time of a turn on it gathers what comes for twice as long, so
 * that sends hold more and a third of a core is enough; never longer than a page notices. */
#define LIMIT_LIVE_TURN_US 2000
#define LIMIT_LIVE_TICK_MS 250
/* Batches that it gathers meanwhile: 4,096 readings each. */
#define LIMIT_GATHERED_BATCHES 64
/* What the kernel may hold unsent for a live client: more would only make its values old. */
#define LIMIT_CLIENT_UNSENT_BYTES (128 << 10)
/* Rooms that one client may be in. */
#define LIMIT_ROOMS_PER_CLIENT 1000
/* Marks of a map that one client may ask for: more than a screen shows apart. Fewer than the least
 * would be no picture. */
#define LIMIT_AREA_MARKS     2000
#define LIMIT_AREA_MARKS_MIN 16
/* What the changes of a viewport may bring each of its clients, bytes a second; what does not fit
 * follows in the next. */
#define LIMIT_AREA_BYTES_PER_SECOND 20000
/* What the server remembers of what viewports were sent: some 1,400 different ones of the largest
 * kind. */
#define LIMIT_AREA_BYTES (128u << 20)
/* Series that one client may watch: a wall of charts. */
#define LIMIT_WATCHED_SERIES 1000
/* Subscriptions of all clients together: a million of the usual kind. */
#define LIMIT_SUBSCRIPTION_BYTES (64u << 20)
/* A stream of server-sent events is closed when nothing of it was taken for this long, ms: unlike
 * Socket.IO it has no answer to a ping. */
#define LIMIT_EVENT_STREAM_STALL_MS 300000
/* Clients whose connection was lost and that may return to their session within this, ms: each
 * costs what an idle one does, and its subscriptions. Beyond it the oldest is let go. */
#define LIMIT_AWAY    4096
#define LIMIT_AWAY_MS 120000
/* `sensor-data` a second for a client that never chose: what a page can still show. */
#define LIMIT_FLEET_EVENTS_PER_SECOND 200
/* Alerts that wait, whole, for a client that is behind; beyond that it gets a snapshot instead. */
#define LIMIT_ALERTS_BEHIND 256
/* What live remembers of what it told, for clients that were away for a moment: at 40 bytes a
 * reading 1.6 million, an hour and a half of 300 readings a second. */
#define LIMIT_LIVE_RING_BYTES (64u << 20)
/* Events that a client that comes back is sent one by one; who missed more gets history. */
#define LIMIT_RESUME_EVENTS 20000
/* Rows of the history that such a client gets of a device, of all its sensors together: about what
 * fits into a snapshot. */
#define LIMIT_RESUME_ROWS 8000
/* History questions of clients that come back, all together: a few less than LIMIT_QUERIES, so that
 * a crowd that comes back does not keep everybody else from asking. */
#define LIMIT_RESUME_QUERIES 16
/* Searches over the whole fleet whose order is kept for the windows that are asked of it: 16 bytes
 * a device each. And requests that wait for them. */
#define LIMIT_SEARCHES       8
#define LIMIT_SEARCH_WAITERS 64
#define LIMIT_SEARCH_BYTES   500
#define LIMIT_SEARCH_KEPT_MS 5000
/* What they may take of one turn of the serve thread, us: a browser waits no longer for a reading.
 */
#define LIMIT_SEARCH_TURN_US 1000
/* A snapshot for one browser; the rest of a large fleet comes by REST. */
#define LIMIT_SNAPSHOT_BYTES (256u << 10)
#define LIMIT_SAMPLE_POINTS  100000
/* Changes of status that are remembered of a device, about; those of one that flaps push out its
 * own. */
#define LIMIT_EVENTS_PER_DEVICE 512
/* Series of one history question: a page of sparklines. All of them share LIMIT_SAMPLE_POINTS. */
#define LIMIT_HISTORY_SERIES 64
/* Alerts of one device in such an answer, the newest: more than marks on a chart. */
#define LIMIT_HISTORY_ALERTS 200
/* What a history question may take of a query thread, ms. */
#define LIMIT_QUERY_MS 10000

#endif
