import { isLoopbackHost } from '../base/loopback.ts'

/** The host that would get a secret unencrypted; undefined if there is none. */
export const unencryptedHost = (url: string): string | undefined => {
  const { protocol, hostname } = new URL(url)
  return protocol === 'http:' && !isLoopbackHost(hostname) ? hostname : undefined
}
