// SPDX-License-Identifier: Apache-2.0

/** A file name of letters, digits and dashes. */
export function fileName(parts: readonly string[], extension: string): string {
  const name = parts.join("-").replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "").slice(0, 80);
  return `${name || "telltale"}.${extension}`;
}

/** Hands a file to the browser to save. */
export function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
