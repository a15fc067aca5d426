import { GatewayError } from '../../base/errors.ts'
import type { Fetch } from '../http/post.ts'
import type { Upstream } from '../upstream.ts'
import { credentialValue } from './auth.ts'
import type { Credentials } from './credentials/credential.ts'

export interface AnthropicOptions {
  readonly baseUrl: string
  readonly credentials: Credentials
  readonly fetch: Fetch
}

const notTranslated = (): never => {
  throw new GatewayError('not_supported', 'Only the native lane answers.')
}

/** Creates the upstream for Anthropic's own API. */
export const createAnthropic = ({ baseUrl, credentials, fetch: ask }: AnthropicOptions): Upstream => ({
  name: 'anthropic',
  address: baseUrl,
  ...(credentials.domains && { domains: credentials.domains }),
  message: notTranslated,
  stream: notTranslated,
  native: {
    protocol: 'anthropic',
    async forward({ method, path, query, body, caller, signal, onAttempt, onSending }) {
      const { credential } = await credentials.choose(caller, signal)
      const headers = new Headers({ 'content-type': 'application/json', 'anthropic-version': '2023-06-01' })
      headers.set(credential.header, credentialValue(credential))
      onAttempt?.()
      const pending = ask(`${baseUrl}${path}${query}`, {
        method,
        headers,
        ...(body !== undefined && { body: body as Uint8Array<ArrayBuffer> }),
        signal,
        redirect: 'manual',
        timeout: false,
      })
      onSending?.()
      const response = await pending
      const chunks = response.body?.[Symbol.asyncIterator]() as AsyncIterableIterator<Uint8Array> | undefined
      const type = response.headers.get('content-type') ?? 'application/json'
      return { status: response.status, headers: new Headers({ 'content-type': type }), chunks }
    },
  },
})
