// SPDX-License-Identifier: Apache-2.0
// The mappings in use: those of the settings file to read, those that people made to change.

import { useEffect, useState } from "preact/hooks";
import { say } from "../../i18n/say";
import { formatMoment } from "../../lib/format";
import { problemText } from "../../lib/problem";
import { serverNow } from "../../state/clock";
import { changed, draftOf, fetchMappings, removeMapping, type Mapping } from "../../state/mappings";
import { session } from "../../state/session";
import { Shown, usePolled } from "../polled";
import { MappingForm } from "../topics/mapping-form";

/** Its keys but for the topic, as they would stand in the file. */
function inWords(m: Mapping): string {
  return Object.entries(draftOf(m.body)).filter(([key]) => key !== "topic").map(([key, v]) => `${key}: ${v}`).join(", ");
}

function Acts({ mapping, onEdit }: { mapping: Mapping; onEdit: () => void }) {
  const [sure, setSure] = useState(false);
  const [problem, setProblem] = useState("");
  const { id } = mapping;
  if (id === null || session.value?.role !== "admin") return null;
  const remove = (): void => void removeMapping(id).catch((error: unknown) => setProblem(say.ingest.notRemoved(problemText(error))));
  return (
    <span class="message-acts">
      <button type="button" class="button" onClick={onEdit}>{say.ingest.edit}</button>
      {sure
        ? <><button type="button" class="button button-danger" onClick={remove}>{say.ingest.removeSure}</button><button type="button" class="button" onClick={() => setSure(false)}>{say.ingest.cancel}</button></>
        : <button type="button" class="button" onClick={() => setSure(true)}>{say.ingest.remove}</button>}
      {problem !== "" && <span class="problem" role="alert">{problem}</span>}
    </span>
  );
}

function Row({ mapping }: { mapping: Mapping }) {
  const [editing, setEditing] = useState<Mapping | null>(null);
  return (
    <li class="mapping-row">
      <span class="quiet">{mapping.number}</span>
      <div class="mapping-words">
        <code>{String(mapping.body["topic"] ?? "")}</code>
        <span class="quiet">{inWords(mapping)}</span>
        <span class="caption">{mapping.id === null ? say.ingest.fromFile : say.ingest.savedBy(formatMoment(mapping.updatedAt, serverNow()))}</span>
      </div>
      {editing === null ? <Acts mapping={mapping} onEdit={() => setEditing(mapping)} /> : <MappingForm of={editing} begin={draftOf(editing.body)} onClose={() => setEditing(null)} />}
    </li>
  );
}

export function Mappings() {
  const [state, again] = usePolled(fetchMappings, 10_000);
  const [making, setMaking] = useState(false);
  const mayTry = session.value?.role === "operator" || session.value?.role === "admin";
  useEffect(again, [changed.value]);
  return (
    <section class="card settings-card" aria-labelledby="mappings">
      <h2 id="mappings">{say.ingest.mappings}</h2>
      <p class="quiet">{say.ingest.mappingsHow}</p>
      <Shown of={state} again={again}>
        {(all) => all.length === 0
          ? <p class="quiet">{say.ingest.noMappings} {say.ingest.noMappingsHow}</p>
          : <ul class="mapping-list">{all.map((m) => <Row key={m.id ?? m.number} mapping={m} />)}</ul>}
      </Shown>
      {mayTry && !making && <p><button type="button" class="button" onClick={() => setMaking(true)}>{say.ingest.newMapping}</button></p>}
      {making && <MappingForm of={null} begin={{}} onClose={() => setMaking(false)} />}
    </section>
  );
}
