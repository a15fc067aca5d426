import type { Secret } from '../../base/secret.ts'

/** The one place where the key leaves its Secret: the header of a request to Nexus. */
export const authorization = (apiKey: Secret): Readonly<Record<string, string>> => ({
  authorization: `Bearer ${apiKey.reveal()}`,
})
