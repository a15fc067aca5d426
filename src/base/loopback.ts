import { unbracketed } from './brackets.ts'

/** IPv4-mapped IPv6 addresses, as URLs write them: `::ffff:7f00:1` is 127.0.0.1. */
const mappedLoopback = /^::ffff:(?:7f[0-9a-f]{2}:[0-9a-f]{1,4}|127(?:\.\d{1,3}){3})$/

/** Whether a host name, with or without brackets, means this machine. */
export const isLoopbackHost = (hostname: string): boolean => {
  const name = unbracketed(hostname.toLowerCase())
  if (name === 'localhost' || name.endsWith('.localhost') || name === '::1') return true
  return /^127(?:\.\d{1,3}){3}$/.test(name) || mappedLoopback.test(name)
}

/** Whether a server bound to this address listens on each address of the machine. */
export const isEverywhere = (host: string): boolean => host === '0.0.0.0' || host === '::'
