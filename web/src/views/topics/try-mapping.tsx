// SPDX-License-Identifier: Apache-2.0
// A mapping as it would stand in the settings file, tried on the payload that is shown. The page
// saves nothing: what works is copied into telltale.yaml.

import { useState } from "preact/hooks";
import { say } from "../../i18n/say";
import type { Decoded, Topic } from "../../net/wire";
import { session } from "../../state/session";
import { tryOnTopic } from "../../state/topics";
import { Records } from "./topic-row";

/** A first guess: the level before the last is the device, the last one the sensor. */
function guess(topic: string): string {
  const levels = topic.split("/");
  const named = levels.map((level, i) =>
    i === levels.length - 1 && levels.length > 1 ? "{sensor}" : i === Math.max(0, levels.length - 2) ? "{device}" : level);
  return `- topic: ${JSON.stringify(named.join("/"))}\n`;
}

export function TryMapping({ topic }: { topic: Topic }) {
  const [text, setText] = useState(() => guess(topic.topic));
  const [answer, setAnswer] = useState<Decoded | { readonly problem: string } | null>(null);
  if (session.value?.role === "viewer") return null;
  const run = () => void tryOnTopic(text, topic).then(setAnswer);
  return (
    <form class="topic-try" onSubmit={(event) => { event.preventDefault(); run(); }}>
      <label for="mapping">{say.topics.mapping}</label>
      <textarea id="mapping" rows={5} spellcheck={false} value={text} onInput={(event) => setText(event.currentTarget.value)} />
      <p class="caption">{say.topics.mappingHow}</p>
      <button type="submit" class="button">{say.topics.try}</button>
      <div aria-live="polite">
        {answer !== null && ("problem" in answer ? <p class="problem">{answer.problem}</p> : <Records decoded={answer} total={answer.records.length} />)}
      </div>
    </form>
  );
}
