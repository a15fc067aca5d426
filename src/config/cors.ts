import { UsageError } from '../base/usage-error.ts'
import { hasGate } from './client-tokens.ts'
import type { Config } from './load.ts'

const isOrigin = (text: string): boolean => {
  const url = URL.parse(text)
  // A browser sends no pattern, so that one would allow nothing.
  return url !== null && ['http:', 'https:'].includes(url.protocol) && url.origin === text && !text.includes('*')
}

/** Throws UsageError for origins that are not valid, and for those that would let any page spend the key (OP-W7). */
export const checkCors = (config: Config): void => {
  const { origins, allowCredentials } = config.cors
  const wrong = origins.find((origin) => origin !== '*' && !isOrigin(origin))
  if (wrong !== undefined)
    throw new UsageError(
      `cors.origins: ${wrong} is not an origin. Write it like https://app.example.com, without a path.`,
    )
  if (!origins.includes('*')) return
  if (!hasGate(config))
    throw new UsageError(
      'cors.origins: * would let each web page spend your key. Set --client-token or --clients, or list the origins.',
    )
  if (allowCredentials)
    throw new UsageError('cors.allowCredentials is not possible with the origin *. List the origins, or switch it off.')
}
