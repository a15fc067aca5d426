import { freePort } from './free-port.ts'
import { startProgram } from './program.ts'

/** A Redis on this machine, without files. */
export interface Redis {
  readonly url: string
  readonly processId: number
  /** Ends it at once. */
  stop(): Promise<void>
}

interface RedisOptions {
  /** Its working folder. */
  readonly folder: string
  /** Default: any free port. */
  readonly port?: number
  /** A command that runs it, such as `taskset`, with its arguments. */
  readonly by?: readonly string[]
  /** Options of redis-server, such as `--maxmemory`. */
  readonly options?: readonly string[]
}

/** The program of `REDIS_SERVER`, or on PATH; undefined if there is none. */
export const redisProgram = (): string | undefined =>
  process.env['REDIS_SERVER'] || Bun.which('redis-server') || undefined

export const startRedis = async ({
  folder,
  port = freePort(),
  by = [],
  options = [],
}: RedisOptions): Promise<Redis> => {
  const program = redisProgram()
  if (program === undefined) throw new Error('There is no redis-server: install it, or set REDIS_SERVER to its path.')
  const flags = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder]
  const { processId, stop } = await startProgram({
    command: [...by, program, ...flags, ...options],
    folder,
    environment: { PATH: process.env['PATH'] ?? '' },
    ready: /Ready to accept connections/,
  })
  return { url: `redis://127.0.0.1:${port}`, processId, stop }
}
