// SPDX-License-Identifier: Apache-2.0

/** What a page adds while it is open: answers whether it took the key. */
export type PageKeys = (key: string) => boolean;
export const pageKeys = new Set<PageKeys>();

export function addPageKeys(keys: PageKeys): () => void {
  pageKeys.add(keys);
  return () => pageKeys.delete(keys);
}
