# SPDX-License-Identifier: Apache-2.0
"""The distribution's paho-mqtt as a peer of the tests. Arguments: port, version (3 or 5). Publishes 300
messages of QoS 2 over a persistent session whose socket is cut every 40 messages, while a second client
of QoS 2 with a persistent session, cut as often, receives them. Prints what arrived, one payload a line,
when all have, or when 25 s are over."""
import sys
import threading
import time

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

PORT, VERSION = int(sys.argv[1]), int(sys.argv[2])
COUNT = 300
got = []
done = threading.Event()


def make(name):
    if VERSION == 5:
        client = mqtt.Client(name, protocol=mqtt.MQTTv5)
        properties = Properties(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = 600
        client.reconnect_delay_set(0.05, 0.1)
        client.max_inflight_messages_set(20)
        return client, {"clean_start": False, "properties": properties}
    client = mqtt.Client(name, clean_session=False, protocol=mqtt.MQTTv311)
    client.reconnect_delay_set(0.05, 0.1)
    return client, {}


# Never twice within one CONNECT: paho 1.6 then forgets that it released a message, and sends it anew.
def cut(client, connected):
    connected.wait(10)
    connected.clear()
    sock = client.socket()
    if sock:
        try:
            sock.shutdown(2)
        except OSError:
            pass


def on_message(client, _, message):
    got.append(message.payload.decode())
    if len(got) % 45 == 0:
        threading.Timer(0.01, cut, [client, reading]).start()
    if len(got) >= COUNT:
        done.set()


subscribed = threading.Event()
reading = threading.Event()
reader, options = make("paho-reader")
reader.on_message = on_message
reader.on_connect = lambda client, *_: client.subscribe("paho/#", 2)


def on_subscribe(*_):
    reading.set()
    subscribed.set()


reader.on_subscribe = on_subscribe
reader.connect("127.0.0.1", PORT, **options)
reader.loop_start()
subscribed.wait(10)

sender, options = make("paho-sender")
connected = threading.Event()
sender.on_connect = lambda *_: connected.set()
sender.connect("127.0.0.1", PORT, **options)
sender.loop_start()
connected.wait(10)
for i in range(COUNT):
    sender.publish("paho/n", str(i), 2)
    if i % 40 == 39:
        time.sleep(0.05)
        cut(sender, connected)
done.wait(25)
time.sleep(0.3)  # what would come twice comes now
print("\n".join(got))
reader.loop_stop()
sender.loop_stop()
