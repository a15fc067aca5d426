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

const keyHeader = ({ provider, baseUrl, azure, apiKey }: HeaderOptions): Record<string, string> => {
  if (apiKey === undefined) return {}
  const isKeyHeader = provider.auth === 'api-key' || isAzure(baseUrl, azure)
  return isKeyHeader ? { 'api-key': apiKey.reveal() } : { authorization: `Bearer ${apiKey.reveal()}` }
}

/** `ofRequest`: headers of this request. Names are in lower case, so that a custom header replaces ours. */
export const requestHeaders = (
  options: HeaderOptions,
  ofRequest: Readonly<Record<string, string>>,
): Record<string, string> => {
  const headers: Record<string, string> = {
    ...keyHeader(options),
    'content-type': 'application/json',
    'user-agent': options.userAgent,
    ...ofRequest,
  }
  for (const [name, value] of options.customHeaders) headers[name.toLowerCase()] = value.reveal()
  return headers
}

/** Values that must not appear in an error message. */
export const secretsOf = ({ apiKey, customHeaders }: HeaderOptions): readonly Secret[] => [
  ...(apiKey === undefined ? [] : [apiKey]),
  ...customHeaders.values(),
]
