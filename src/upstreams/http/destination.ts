import { isLoopbackHost } from '../../base/loopback.ts'

/** Request destination, for error messages. */
export interface Destination {
  /** `api.example:8443`. */
  readonly host: string
  /** Plain http. */
  readonly isPlain: boolean
  /** Host and port of the proxy, without its user and password. */
  readonly proxy?: string | undefined
  /** What its URL is called in messages: a setting, for another server than the upstream. */
  readonly urlSetting?: string
  /** The response had begun. */
  readonly hasAnswered?: boolean
}

/** The server that a client sends all its requests to. */
export interface Origin extends Destination {
  /** The upstream's name, for messages. */
  readonly name: string
  /** Whether it is this machine. */
  readonly isLocal: boolean
}

/** `proxy`: host and port of the proxy. Throws for an invalid URL. */
export const originOf = (name: string, url: string, proxy?: string): Origin => {
  const { host, hostname, protocol } = new URL(url)
  return { name, host, isPlain: protocol === 'http:', isLocal: isLoopbackHost(hostname), proxy }
}
