// SPDX-License-Identifier: Apache-2.0

/** Why there is no worker here, or null: on plain HTTP away from localhost browsers give none. */
export function workerHindrance(): "insecure" | "unsupported" | null {
  if (!isSecureContext) return "insecure";
  return "serviceWorker" in navigator ? null : "unsupported";
}
