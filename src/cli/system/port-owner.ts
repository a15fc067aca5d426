import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { productName } from '../../version.ts'
import { askHealth } from './ask-health.ts'
import { askMac, askWindows, type Program } from './listening-programs.ts'
import { processName } from './process-name.ts'

/** Who has a port that we wanted, as far as it can be told. */

const probeMs = 1000
/** State of a listening socket in `/proc/net/tcp`. */
const listening = '0A'

/** Another of us, or another program. */
export type PortOwner =
  | { readonly kind: 'ours'; readonly version: string; readonly pid: number }
  | ({ readonly kind: 'other' } & Program)

/** Another of us says so itself. */
const askItself = async (host: string, port: number): Promise<PortOwner | undefined> => {
  const answer = await askHealth(host, port, probeMs)
  return answer.kind === 'ours' ? { kind: 'ours', version: answer.version, pid: answer.pid } : undefined
}

const attempt = <T>(read: () => T): T | undefined => {
  try {
    return read()
  } catch {
    return undefined
  }
}

/** Inodes of the sockets that listen on the port. */
const socketsOn = (port: number): string[] => {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((path) => {
    const lines =
      attempt(() => readFileSync(path, 'utf8'))
        ?.split('\n')
        .slice(1) ?? []
    return lines.flatMap((line) => {
      const [, local, , state, , , , , , inode] = line.trim().split(/\s+/)
      return local?.endsWith(wanted) === true && state === listening && inode !== undefined ? [inode] : []
    })
  })
}

const holds = (pid: string, links: ReadonlySet<string>): boolean =>
  (attempt(() => readdirSync(`/proc/${pid}/fd`)) ?? []).some((descriptor) =>
    links.has(attempt(() => readlinkSync(`/proc/${pid}/fd/${descriptor}`)) ?? ''),
  )

/** Linux tells in its files. */
const askLinux = async (port: number): Promise<Program | undefined> => {
  const links = new Set(socketsOn(port).map((inode) => `socket:[${inode}]`))
  if (links.size === 0) return undefined
  const pids = (attempt(() => readdirSync('/proc')) ?? []).filter((name) => /^\d+$/.test(name))
  const pid = pids.find((candidate) => holds(candidate, links))
  return pid === undefined ? undefined : { name: (await processName(pid, 'linux')) ?? 'unknown', pid: Number(pid) }
}

const askSystem = async (host: string, port: number, platform: string): Promise<Program | undefined> => {
  if (platform === 'linux') return askLinux(port)
  if (platform === 'darwin') return askMac(port)
  return platform === 'win32' ? askWindows(host, port) : undefined
}

/** Undefined where nobody tells. */
export const findPortOwner = async (host: string, port: number, platform: string): Promise<PortOwner | undefined> => {
  const itself = await askItself(host, port)
  if (itself !== undefined) return itself
  const program = await askSystem(host, port, platform)
  return program && { kind: 'other', ...program }
}

/** `another nexus-claude-api (version 1.2.3, process 4711)`, `python3 (process 4711)`. */
export const ownerWords = (owner: PortOwner): string =>
  owner.kind === 'ours'
    ? `another ${productName} (version ${owner.version}, process ${owner.pid})`
    : `${owner.name} (process ${owner.pid})`
