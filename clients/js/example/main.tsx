// SPDX-License-Identifier: Apache-2.0
// A dashboard of one's own: index.html?server=http://localhost:3000&token=... shows the fleet, and one device of it closer.

import { useState } from "react";
import { createRoot } from "react-dom/client";
import { Telltale } from "../src/index.js";
import { TelltaleProvider, useFleet, useStream } from "../src/react.js";
import { AlertList } from "./alert-list.js";
import { DevicePanel } from "./device-panel.js";
import { FleetMap } from "./fleet-map.js";
import { StatusPanel } from "./status-panel.js";

function Page() {
  const stream = useStream();
  const fleet = useFleet();
  const [chosen, choose] = useState<string | null>(null);
  const first = chosen ?? fleet.devices.keys().next().value;
  return (
    <>
      <header>
        <h1>A dashboard of my own</h1>
        <output className={`stream ${stream.state}`}>{stream.state}</output>
      </header>
      <main>
        <StatusPanel fleet={fleet} chosen={first} choose={choose} />
        {first !== undefined && <DevicePanel key={first} id={first} />}
        <AlertList />
        <FleetMap fleet={fleet} choose={choose} />
      </main>
    </>
  );
}

const query = new URLSearchParams(location.search);
const token = query.get("token");
const client = new Telltale(query.get("server") ?? "", token === null ? {} : { token });
createRoot(document.getElementById("root")!).render(
  <TelltaleProvider client={client}>
    <Page />
  </TelltaleProvider>,
);
