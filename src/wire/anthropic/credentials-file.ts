import { type Static, Type } from '@sinclair/typebox'
import { Maybe, Open } from '../schema.ts'

/** A file of credentials for one domain, in the form of the replaced system (AU-K7). */

/** The characters that are valid in a header. */
const Key = Type.String({ minLength: 1, pattern: '^[!-~]+$' })

const everyFile = {
  client_api_key: Maybe(Key),
  slack: Maybe(
    Open({
      webhook_url: Maybe(Type.String()),
      channel: Maybe(Type.String()),
      username: Maybe(Type.String()),
      icon_emoji: Maybe(Type.String()),
      enabled: Maybe(Type.Boolean()),
    }),
  ),
}

export const CredentialsFile = Type.Union([
  Open({
    type: Type.Literal('api_key'),
    api_key: Maybe(Key),
    api_keys: Maybe(Type.Array(Key, { minItems: 1 })),
    ...everyFile,
  }),
  Open({
    type: Type.Literal('oauth'),
    oauth: Open({
      accessToken: Key,
      refreshToken: Maybe(Key),
      expiresAt: Maybe(Type.Number()),
      scopes: Maybe(Type.Array(Type.String())),
      isMax: Maybe(Type.Boolean()),
    }),
    ...everyFile,
  }),
])
export type CredentialsFile = Static<typeof CredentialsFile>
