import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { type RunningCli, startCli } from './cli.ts'

/** The program with two workers. */

export const workersProgram = join(import.meta.dir, 'workers-program.ts')
const address = /(?:Address +|"address":")(https?:\/\/[^\s"]+:(\d+))/

export interface RunningWorkers extends RunningCli {
  readonly url: string
  readonly port: number
  /** Ids of the workers' processes. */
  readonly workers: () => number[]
}

/** The processes that a process has started. */
export const workersOf = (pid: number): number[] => {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

export const startWorkers = async (
  flags: readonly string[],
  environment: Record<string, string> = {},
): Promise<RunningWorkers> => {
  const running = startCli(['start', '--workers', '2', '--port', '0', ...flags], environment, workersProgram)
  const [, url = '', port = ''] = await running.says(address)
  return { ...running, url, port: Number(port), workers: () => workersOf(running.pid) }
}

export const isAlive = (pid: number): boolean => {
  try {
    // A process that has ended but is not collected yet has this state.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

const established = '01'

/** The number of clients' connections that a process has accepted on a port. */
export const connectionsOf = (pid: number, port: number): number => {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const sockets = readFileSync(`/proc/${pid}/net/tcp`, 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, own, , state]) => own?.endsWith(local) && state === established)
    .map((columns) => `socket:[${columns[9]}]`)
  const wanted = new Set(sockets)
  const folder = `/proc/${pid}/fd`
  return readdirSync(folder).filter((name) => {
    try {
      return wanted.has(readlinkSync(join(folder, name)))
    } catch {
      return false
    }
  }).length
}

/** One request on a connection of its own, so that any worker may get it. */
export const fetchOnce = (url: string, { headers, ...init }: RequestInit & { tls?: object } = {}): Promise<Response> =>
  fetch(url, { ...init, headers: { ...(headers as Record<string, string>), connection: 'close' } })

export const sendMessage = (url: string, headers: Record<string, string> = {}, stream = false): Promise<Response> =>
  fetchOnce(`${url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'sonnet', max_tokens: 9, messages: [{ role: 'user', content: 'Hello' }], stream }),
  })
