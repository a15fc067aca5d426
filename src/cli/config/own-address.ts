import { hostname, networkInterfaces } from 'node:os'
import { unbracketed } from '../../base/brackets.ts'
import { isEverywhere, isLoopbackHost } from '../../base/loopback.ts'

/** Detects an upstream whose address leads to this server: each request would come back without end (AU-0e). */

const usualPorts: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 }

export interface ListenAddress {
  readonly host: string
  readonly port: number
}

const namesOfMachine = (): readonly string[] => [
  hostname().toLowerCase(),
  ...Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address)),
]

/** Whether a connection to the URL reaches a server that listens on the address. A free port (0) is never known. */
export const isOwnAddress = (
  url: string,
  { host, port }: ListenAddress,
  machine: () => readonly string[] = namesOfMachine,
): boolean => {
  const { protocol, hostname: name, port: urlPort } = new URL(url)
  if ((Number(urlPort) || usualPorts[protocol]) !== port) return false
  const target = unbracketed(name.toLowerCase())
  // The system connects to the unspecified address as to loopback.
  const isHere = isLoopbackHost(target) || isEverywhere(target)
  if (target === host.toLowerCase()) return true
  if (isEverywhere(host)) return isHere || machine().includes(target)
  return isHere && isLoopbackHost(host)
}
