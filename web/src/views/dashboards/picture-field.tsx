// SPDX-License-Identifier: Apache-2.0
// Chooses a picture that is kept, or keeps one from a file, made smaller where it has to be.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { tools } from "../../i18n/tools";
import type { Widget } from "../../lib/board";
import { problemText } from "../../lib/problem";
import { choices, keepPicture, loadChoices, PictureError } from "../../state/pictures";

function words(error: unknown): string {
  if (!(error instanceof PictureError)) return problemText(error);
  return error.why === "large" ? tools.boards.pictureLarge : tools.boards.pictureUnread;
}

export function PictureField({ widget, onChange }: { widget: Widget; onChange: (plan: string) => void }) {
  const problem = useSignal<string | null>(null);
  const busy = useSignal(false);
  useEffect(() => {
    loadChoices().catch((error: unknown) => { problem.value = words(error); });
  }, []);
  const upload = (file: File | undefined): void => {
    if (!file) return;
    problem.value = null;
    busy.value = true;
    keepPicture(file).then(onChange, (error: unknown) => { problem.value = words(error); }).finally(() => { busy.value = false; });
  };
  return (
    <>
      <label class="form-field">{tools.boards.picture}
        <select value={widget.plan} onChange={(e) => onChange(e.currentTarget.value)}>
          <option value="">{tools.boards.choose(tools.boards.picture)}</option>
          {choices.value?.map((p) => <option key={p.id} value={p.id}>{p.name}</option>)}
        </select>
      </label>
      <label class="form-field">{tools.boards.upload} <input type="file" accept="image/png,image/jpeg,image/webp,image/gif" disabled={busy.value} onChange={(e) => upload(e.currentTarget.files?.[0])} /></label>
      {problem.value !== null && <p class="problem" role="alert">{problem}</p>}
    </>
  );
}
