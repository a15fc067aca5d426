import { bracketed, unbracketed } from '../base/brackets.ts'
import { ipText, parseRange, type Range } from '../base/ip-range.ts'
import { UsageError } from '../base/usage-error.ts'
import type { Config } from './load.ts'

/** How clients reach the server over a network (OP-W1, OP-W3, OP-W4). */
export interface Network {
  readonly trustedProxies: readonly Range[]
  /** In lower case; `*.example.com` stands for each name below it. Empty: any name. */
  readonly allowedHosts: readonly string[]
  /** Whether the server itself uses HTTPS. */
  readonly isTls: boolean
}

const toProxies = (entry: string): Range => {
  const range = parseRange(entry)
  if (range !== undefined) return range
  throw new UsageError(
    `trustProxy: ${entry} is not an address. Write one like 10.0.0.7 or 10.0.0.0/8, or use loopback or private.`,
  )
}

const hostName = /^(?:\*\.)?[a-z0-9_](?:[a-z0-9._-]{0,251}[a-z0-9])?$/

const toAllowedHost = (entry: string): string => {
  const name = unbracketed(entry.toLowerCase())
  if (ipText(name) !== undefined) return bracketed(name)
  if (hostName.test(name) && !name.includes('..')) return name
  throw new UsageError(
    `allowedHosts: ${entry} is not a host name. Write it like claude.example.com or *.example.com, without a port.`,
  )
}

/** Throws UsageError that names the entry which is not valid. */
export const networkOf = ({
  trustProxy,
  allowedHosts,
  tls,
}: Pick<Config, 'trustProxy' | 'allowedHosts' | 'tls'>): Network => ({
  trustedProxies: trustProxy.map(toProxies),
  allowedHosts: allowedHosts.map(toAllowedHost),
  isTls: tls.cert !== undefined,
})

/** Throws UsageError like `networkOf`. */
export const checkNetwork = (config: Config): void => void networkOf(config)
