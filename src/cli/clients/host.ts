import type { Config } from '../../config/load.ts'
import { type Machine, settingPath } from '../../config/paths.ts'

const usualName = '127.0.0.1'
const otherName = 'localhost'
const hostsOfUsualName: readonly string[] = [usualName, '0.0.0.0', '::']

/**
 * The host in the address that clients get. A file of credentials counts only for the name in this address;
 * `localhost` and `127.0.0.1` reach the same server, so the name that has a file is used.
 */
export const launchHost = async (
  { upstream, anthropic, host }: Config,
  port: number,
  machine: Machine,
): Promise<string> => {
  if (upstream !== 'anthropic' || anthropic.credentialsDir === undefined) return host
  if (!hostsOfUsualName.includes(host)) return host
  const { listDomainFiles } = await import('../../upstreams/anthropic/credentials/domain-list.ts')
  const { files } = await listDomainFiles(settingPath(machine, anthropic.credentialsDir))
  const hasFile = (name: string): boolean => files.some(({ domain }) => domain === name || domain === `${name}:${port}`)
  return !hasFile(usualName) && hasFile(otherName) ? otherName : host
}
