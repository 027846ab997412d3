// SPDX-License-Identifier: Apache-2.0
// Pictures for dashboards. They are plans without a place: `{"name", "image": "data:image/…"}`.

import { signal } from "@preact/signals";
import { fields, text } from "../net/decode";
import { fetchDocument, fetchDocuments, makeDocument, type Kept } from "../net/documents";

export interface Picture {
  readonly id: string;
  readonly name: string;
  readonly image: string;
}

type Found = Picture | "loading" | "gone" | "failed";

/** What a document holds at most, with room for its name. */
const mostBytes = 250_000;
const widths = [1600, 1200, 800, 500];
const qualities = [0.85, 0.7, 0.5];

const pictures = signal<ReadonlyMap<string, Found>>(new Map());
/** All that can be chosen; null while they were never asked for. */
export const choices = signal<readonly Picture[] | null>(null);

const isPicture = (image: string): boolean => /^data:image\/(png|jpeg|webp);base64,/.test(image);

function picture(kept: Kept): Picture | null {
  const f = fields(kept.body);
  const image = text(f["image"]);
  return isPicture(image) ? { id: kept.id, name: text(f["name"]) || kept.id, image } : null;
}

function put(id: string, found: Found): void {
  pictures.value = new Map([...pictures.peek(), [id, found]]);
}

export function pictureOf(id: string): Found {
  return pictures.value.get(id) ?? "loading";
}

export function loadPicture(id: string): void {
  const known = pictures.peek().get(id);
  if (known !== undefined && known !== "failed") return;
  put(id, "loading");
  fetchDocument("plans", id).then((kept) => put(id, (kept && picture(kept)) ?? "gone"), () => put(id, "failed"));
}

export async function loadChoices(): Promise<void> {
  choices.value = (await fetchDocuments("plans")).map(picture).filter((p): p is Picture => p !== null);
}

export class PictureError extends Error {
  constructor(readonly why: "large" | "unread") {
    super(why);
  }
}

/** As large as fits into what is kept. */
async function shrunk(file: Blob): Promise<string> {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) throw new PictureError("unread");
  for (const width of widths) {
    const scale = Math.min(1, width / bitmap.width);
    const canvas = new OffscreenCanvas(Math.max(1, Math.round(bitmap.width * scale)), Math.max(1, Math.round(bitmap.height * scale)));
    canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    for (const quality of qualities) {
      const url = await dataUrl(await canvas.convertToBlob({ type: "image/webp", quality }));
      if (url.length < mostBytes && isPicture(url)) return url;
    }
  }
  throw new PictureError("large");
}

function dataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(new PictureError("unread"));
    reader.readAsDataURL(blob);
  });
}

/** The file as it is when it is small and of a kind that is kept, else drawn anew and smaller. */
export async function imageOf(file: Blob): Promise<string> {
  // What a browser can't read is no picture, whatever its name says.
  await createImageBitmap(file).catch(() => { throw new PictureError("unread"); });
  const whole = file.size < mostBytes / 2 ? await dataUrl(file) : "";
  return isPicture(whole) ? whole : shrunk(file);
}

/** Keeps a picture; returns its id. */
export async function keepPicture(file: File): Promise<string> {
  const image = await imageOf(file);
  const { id } = await makeDocument("plans", { name: file.name.slice(0, 100), image });
  put(id, { id, name: file.name, image });
  await loadChoices();
  return id;
}
