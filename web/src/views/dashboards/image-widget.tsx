// SPDX-License-Identifier: Apache-2.0
// A picture that is kept on the server, a plan for one.

import { useEffect } from "preact/hooks";
import { say } from "../../i18n/say";
import { tools } from "../../i18n/tools";
import { loadPicture, pictureOf } from "../../state/pictures";

export function ImageWidget({ plan, title }: { plan: string; title: string }) {
  useEffect(() => {
    if (plan !== "") loadPicture(plan);
  }, [plan]);
  if (plan === "") return <p class="empty">{tools.boards.noPicture}</p>;
  const found = pictureOf(plan);
  if (found === "loading") return <p class="empty" aria-busy="true">{say.loading}</p>;
  if (found === "gone") return <p class="empty">{tools.boards.pictureGone}</p>;
  if (found === "failed") return <p class="empty" role="alert">{say.failed} <button type="button" class="button" onClick={() => loadPicture(plan)}>{say.chart.retry}</button></p>;
  return <img class="widget-picture" src={found.image} alt={title || found.name} />;
}
