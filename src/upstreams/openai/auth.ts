import type { Secret } from '../../base/secret.ts'
import { type AzureOptions, isAzure } from './address.ts'
import type { Provider } from './provider.ts'

/** Headers that identify the sender (OU-T3), and those of the configuration (OU-R10). */

export interface HeaderOptions {
  readonly provider: Provider
  readonly baseUrl: string
  readonly azure: AzureOptions
  /** Undefined for servers on this machine that require none. */
  readonly apiKey: Secret | undefined
  /** By name; they override all other headers. */
  readonly customHeaders: ReadonlyMap<string, Secret>
  /** `nexus-claude-api/1.2.3`. */
  readonly userAgent: string
}

/**
 * Creates the function that returns a request's headers; its argument has those of the one request. Names are in lower
 * case, so that a custom header replaces ours. A secret is revealed only for a request.
 */
export const createRequestHeaders = (options: HeaderOptions) => {
  const { provider, baseUrl, azure, apiKey, userAgent } = options
  const isKeyHeader = provider.auth === 'api-key' || isAzure(baseUrl, azure)
  const custom = [...options.customHeaders].map(([name, value]) => [name.toLowerCase(), value] as const)
  const keyHeader = (): Record<string, string> => {
    if (apiKey === undefined) return {}
    return isKeyHeader ? { 'api-key': apiKey.reveal() } : { authorization: `Bearer ${apiKey.reveal()}` }
  }
  return (ofRequest: Readonly<Record<string, string>>): Record<string, string> => {
    const headers: Record<string, string> = {
      ...keyHeader(),
      'content-type': 'application/json',
      'user-agent': userAgent,
      ...ofRequest,
    }
    for (const [name, value] of custom) headers[name] = value.reveal()
    return headers
  }
}

/** Values that must not appear in an error message. */
export const secretsOf = ({ apiKey, customHeaders }: HeaderOptions): readonly Secret[] => [
  ...(apiKey === undefined ? [] : [apiKey]),
  ...customHeaders.values(),
]
