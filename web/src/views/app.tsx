// SPDX-License-Identifier: Apache-2.0
// The page of the open address, inside the shell. Pages that few open first come as chunks.

import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { en } from "../i18n/en";
import { session } from "../state/session";
import { AlertsPage } from "./alerts";
import { DevicePage } from "./device/device";
import { DevicesPage } from "./devices";
import { LoginPage } from "./login";
import { Overview } from "./overview/overview";
import { route } from "./router";
import { Shell } from "./shell";

type Loaded = ComponentType | "loading" | "failed";

/** A page that comes as a chunk of its own. */
function Chunk({ load, loading }: { load: () => Promise<ComponentType>; loading: string }) {
  const [page, setPage] = useState<Loaded>("loading");
  useEffect(() => {
    load().then((view) => setPage(() => view), () => setPage("failed"));
  }, []);
  if (page === "loading") return <p class="page quiet">{loading}</p>;
  if (page === "failed") return <p class="page quiet" role="alert">{en.failed}</p>;
  const View = page;
  return <View />;
}

const loadMap = () => import("./map/map-page").then((m) => m.MapView);
const loadTopics = () => import("./topics/topics-page").then((m) => m.TopicsView);

function Page() {
  const [first, id, more] = route.value.segments;
  if (first === undefined) return <Overview />;
  if (first === "devices" && id === undefined) return <DevicesPage />;
  if (first === "devices" && id !== undefined && more === undefined) return <DevicePage key={id} id={id} />;
  if (first === "alerts" && id === undefined) return <AlertsPage />;
  if (first === "map" && id === undefined) return <Chunk key="map" load={loadMap} loading={en.map.loading} />;
  if (first === "topics" && id === undefined) return <Chunk key="topics" load={loadTopics} loading={en.topics.loading} />;
  return (
    <div class="page">
      <h1>{en.missingPage}</h1>
      <p><a href="/">{en.toOverview}</a></p>
    </div>
  );
}

export function App() {
  if (route.value.segments[0] === "login" || session.value === null) return <LoginPage />;
  return <Shell><Page /></Shell>;
}
