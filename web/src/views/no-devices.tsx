// SPDX-License-Identifier: Apache-2.0
// The first run: nothing has reported, and the one act that changes it.

import { say } from "../i18n/say";
import { session } from "../state/session";

const mqttDefaultPort = 1883;

export function NoDevices() {
  const host = location.hostname.replace(/^\[|\]$/g, "");
  const port = session.value?.mqttPort ?? mqttDefaultPort;
  const flags = `-h ${host}${port === mqttDefaultPort ? "" : ` -p ${port}`}`;
  return (
    <div class="page narrow">
      <h1>{say.devices.none}</h1>
      <p class="lead">{say.devices.noneHow}</p>
      <pre class="command"><code>{`mosquitto_pub ${flags} -t sensors/my-device/temperature -m 22.5`}</code></pre>
    </div>
  );
}
