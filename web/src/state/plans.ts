// SPDX-License-Identifier: Apache-2.0
// Plans of buildings that have a place on the map. They come anew with each map on which somebody is near enough to see one.

import { signal } from "@preact/signals";
import { problemText } from "../lib/problem";
import { readCorners, type Corners } from "../lib/plan";
import { text } from "../net/decode";
import { deleteDocument, fetchDocuments, makeDocument, putDocument, type Kept } from "../net/documents";
import { patchDevice } from "../net/device";
import { RestError } from "../net/rest";
import { takeDevice } from "./fleet";
import { imageOf, PictureError } from "./pictures";

export interface Plan {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  readonly image: string;
  readonly corners: Corners;
  /** All of it as it is kept, so that saving loses nothing. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** Null while they were never asked for. */
export const plans = signal<readonly Plan[] | null>(null);
export const plansFailed = signal<string | null>(null);
/** Those that a person took off the map. */
export const hiddenPlans = signal<ReadonlySet<string>>(new Set());

function planOf(kept: Kept): Plan | null {
  const corners = readCorners(kept.body["corners"]);
  const image = text(kept.body["image"]);
  return corners && image !== "" ? { id: kept.id, version: kept.version, name: text(kept.body["name"]) || kept.id, image, corners, body: kept.body } : null;
}

export async function loadPlans(): Promise<void> {
  try {
    plans.value = (await fetchDocuments("plans")).map(planOf).filter((p): p is Plan => p !== null);
    plansFailed.value = null;
  } catch (error) {
    plansFailed.value = problemText(error);
  }
}

/** What came of an act; `conflict`: somebody else changed it meanwhile. */
export type Outcome = { readonly kind: "done"; readonly id: string } | { readonly kind: "conflict" | "large" | "unread" } | { readonly kind: "refused"; readonly why: string };

async function outcome(act: () => Promise<string | null>): Promise<Outcome> {
  try {
    const id = await act();
    return id === null ? { kind: "conflict" } : { kind: "done", id };
  } catch (error) {
    return error instanceof PictureError ? { kind: error.why } : { kind: "refused", why: problemText(error) };
  }
}

export function createPlan(file: File, corners: Corners): Promise<Outcome> {
  return outcome(async () => {
    const { id } = await makeDocument("plans", { name: file.name.replace(/\.\w+$/, "").slice(0, 100), image: await imageOf(file), corners });
    await loadPlans();
    return id;
  });
}

export function savePlan(plan: Plan, name: string, corners: Corners): Promise<Outcome> {
  return outcome(async () => {
    const kept = await putDocument("plans", plan.id, { ...plan.body, name, corners }, plan.version);
    await loadPlans();
    return kept?.id ?? null;
  });
}

export function removePlan(id: string): Promise<Outcome> {
  return outcome(async () => {
    await deleteDocument("plans", id).catch((error: unknown) => {
      // Somebody was faster: it is gone all the same.
      if (!(error instanceof RestError && error.status === 404)) throw error;
    });
    await loadPlans();
    return id;
  });
}

export function placeDevice(id: string, lat: number, lng: number): Promise<Outcome> {
  return outcome(async () => {
    const changed = await patchDevice(id, { location: { lat, lng } });
    if (changed) takeDevice(changed);
    return id;
  });
}
