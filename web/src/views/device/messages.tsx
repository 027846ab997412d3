// SPDX-License-Identifier: Apache-2.0
// The topics that a device's readings came on, each with its last message and how it was decoded.

import { useEffect, useState } from "preact/hooks";
import { say } from "../../i18n/say";
import type { Topic } from "../../net/wire";
import { watchTopicsOf } from "../../state/topics";
import { TopicRow } from "../topics/topic-row";

export function MessagesTab({ device }: { device: string }) {
  const [found, setFound] = useState<readonly Topic[] | { readonly problem: string } | null>(null);
  const [open, setOpen] = useState<string | null>(null);
  useEffect(() => watchTopicsOf(device, setFound), [device]);
  if (found === null) return <p class="quiet">{say.topics.loading}</p>;
  if ("problem" in found) return <p class="problem" role="alert">{found.problem}</p>;
  if (found.length === 0) return <p class="empty">{say.device.noMessages}</p>;
  return (
    <>
      <p class="quiet">{say.device.messagesExplain}</p>
      <ul class="card topic-rows">
        {found.map((t) => <TopicRow key={t.topic} topic={t} open={t.topic === open} onToggle={() => setOpen(t.topic === open ? null : t.topic)} />)}
      </ul>
    </>
  );
}
