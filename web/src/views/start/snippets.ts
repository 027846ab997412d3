// SPDX-License-Identifier: Apache-2.0
// How a device sends its first value, in the words of what runs on it.

export interface Where {
  readonly host: string;
  readonly port: number;
  readonly user: string | null;
  readonly password: string | null;
}

export type How = "shell" | "arduino" | "python" | "esphome" | "tasmota" | "broker";
export const ways: readonly How[] = ["shell", "arduino", "python", "esphome", "tasmota", "broker"];
export const firstDevice = "my-device";
export const firstTopic = `sensors/${firstDevice}/temperature`;

/** What is sent: a bare number, the same as JSON with its unit and time, or that the device is there. */
export type Form = "number" | "json" | "status";
export const forms: readonly Form[] = ["number", "json", "status"];

const messages: Readonly<Record<Form, string>> = {
  number: `-t ${firstTopic} -m 22.5`,
  json: `-t ${firstTopic} \\\n  -m '{"value": 22.5, "unit": "°C"}'`,
  status: `--will-topic devices/${firstDevice}/status --will-payload offline --will-retain \\\n  -t devices/${firstDevice}/status -r -m online`,
};

function shell({ host, port, user, password }: Where, form: Form): string {
  const login = user === null ? "" : ` \\\n  -u ${user} -P ${password ?? "PASSWORD"}`;
  return `mosquitto_pub -h ${host} -p ${port}${login} \\\n  ${messages[form]}`;
}

function arduino({ host, port, user, password }: Where): string {
  const login = user === null ? `client.connect("${firstDevice}")` : `client.connect("${firstDevice}", "${user}", "${password ?? "PASSWORD"}")`;
  return `#include <WiFi.h>\n#include <PubSubClient.h>\n\nWiFiClient net;\nPubSubClient client(net);\n\nvoid setup() {\n  WiFi.begin("NETWORK", "KEY");\n  while (WiFi.status() != WL_CONNECTED) delay(200);\n  client.setServer("${host}", ${port});\n}\n\nvoid loop() {\n  if (!client.connected()) ${login};\n  client.loop();\n  client.publish("${firstTopic}", "22.5");\n  delay(5000);\n}`;
}

function python({ host, port, user, password }: Where): string {
  const login = user === null ? "" : `client.username_pw_set("${user}", "${password ?? "PASSWORD"}")\n`;
  return `import paho.mqtt.client as mqtt\n\nclient = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)\n${login}client.connect("${host}", ${port})\nclient.loop_start()\nclient.publish("${firstTopic}", 22.5).wait_for_publish()`;
}

function esphome({ host, port, user, password }: Where): string {
  const login = user === null ? "" : `\n  username: ${user}\n  password: ${password ?? "PASSWORD"}`;
  return `mqtt:\n  broker: ${host}\n  port: ${port}${login}\n  topic_prefix: ${firstDevice}`;
}

function tasmota({ host, port, user, password }: Where): string {
  const login = user === null ? "" : `; MqttUser ${user}; MqttPassword ${password ?? "PASSWORD"}`;
  return `Backlog MqttHost ${host}; MqttPort ${port}${login}; Topic ${firstDevice}; TelePeriod 10`;
}

function broker(): string {
  return "brokers:\n  - url: mqtt://USER:PASSWORD@BROKER:1883\n    topics: [\"#\"]";
}

export function snippet(how: How, where: Where, form: Form = "number"): string {
  switch (how) {
    case "shell": return shell(where, form);
    case "arduino": return arduino(where);
    case "python": return python(where);
    case "esphome": return esphome(where);
    case "tasmota": return tasmota(where);
    case "broker": return broker();
  }
}
