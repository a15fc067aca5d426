import { isLoopbackHost } from '../../base/loopback.ts'

/** Request destination, for error messages. */
export interface Destination {
  /** `api.example:8443`. */
  readonly host: string
  /** Plain http. */
  readonly isPlain: boolean
  /** Host and port of the proxy on the way, without its user and password. */
  readonly proxy?: string | undefined
  /** The answer had begun. */
  readonly hasAnswered?: boolean
}

/** The server that a client sends all its requests to. */
export interface Origin extends Destination {
  /** The upstream's name, for people. */
  readonly name: string
  /** This machine itself. */
  readonly isLocal: boolean
}

/** `proxy` is host and port of the proxy on the way. Throws for what is no URL. */
export const originOf = (name: string, url: string, proxy?: string): Origin => {
  const { host, hostname, protocol } = new URL(url)
  return { name, host, isPlain: protocol === 'http:', isLocal: isLoopbackHost(hostname), proxy }
}
