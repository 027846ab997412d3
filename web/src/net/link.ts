// SPDX-License-Identifier: Apache-2.0
// A link to one dashboard: while one is followed, every question goes by its own ways and carries its
// secret, and nothing of this browser's login.

let secret: string | null = null;

export function followLink(token: string): void {
  secret = token;
}

/** The secret of the link that this page follows, or null. */
export function linkToken(): string | null {
  return secret;
}

/** Where a question goes, and what goes with it. */
export function addressed(path: string, init: RequestInit): readonly [string, RequestInit] {
  if (secret === null) return [`/api/v1${path}`, { ...init, credentials: "same-origin" }];
  return [`/api/v1/shared${path}`, { ...init, credentials: "omit", headers: { ...init.headers as Record<string, string>, Authorization: `Bearer ${secret}` } }];
}
