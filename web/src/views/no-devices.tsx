// SPDX-License-Identifier: Apache-2.0
// Where no device has reported, the first run is shown in place.

import { say } from "../i18n/say";
import { Chunk } from "./chunk";
import { styledMore } from "./styles";

const loadStart = () => styledMore(import("./start/start-page")).then((m) => m.StartPage);

export function NoDevices() {
  return <Chunk load={loadStart} loading={say.loading} />;
}
