import type { Secret } from '../../base/secret.ts'

/** The only place that reveals the key: the header of a request to Nexus. */
export const authorization = (apiKey: Secret): Readonly<Record<string, string>> => ({
  authorization: `Bearer ${apiKey.reveal()}`,
})
