// SPDX-License-Identifier: Apache-2.0
// The settings' calls, for views.

export {
  fetchCounters, fetchCredentials, fetchLinks, fetchTokens, makeCredential, makeToken, revokeCredential, revokeToken,
  type Credential, type Link, type Token,
} from "../net/admin";
export { fetchTopics } from "../net/topics";
