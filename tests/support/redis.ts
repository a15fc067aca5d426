import { describe, expect, test } from 'bun:test'
import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RedisClient } from 'bun'
import { freePort } from '../../scripts/support/free-port.ts'
import { startRedis as launchRedis, redisProgram } from '../../scripts/support/redis.ts'
import { afterTest } from './cleanup.ts'

/** A real redis-server on a free port of loopback: the one that REDIS_SERVER names, otherwise the one in PATH. */

const program = redisProgram()

/** Runs the tests where Redis is installed; elsewhere, writes a line that stands out. */
export const describeWithRedis = (title: string, tests: () => void): void => {
  if (program !== undefined) {
    describe(title, tests)
    return
  }
  process.stderr.write(
    `\n!!! redis-server NOT FOUND: the tests of "${title}" DO NOT RUN. Install it, or set REDIS_SERVER.\n`,
  )
  test(`${title}: NOT TESTED, redis-server is not installed`, () => expect(program).toBeUndefined())
}

export interface RedisServer {
  readonly port: number
  readonly url: string
  /** Sends one command on a connection of its own. */
  command(...words: string[]): Promise<unknown>
  /** Ends it like a crash. Its data are lost. */
  kill(): Promise<void>
  /** Starts it again on the same port, after `kill`. */
  restart(): Promise<void>
  /** It keeps its connections, and answers nothing. */
  pause(): void
  resume(): void
}

interface RedisOptions {
  /** Options of redis-server, such as `--maxmemory`. */
  readonly options?: readonly string[]
  /** What `command` logs in with: `user:password`, percent-encoded. */
  readonly login?: string
}

/** Stops it after the test. */
export const startRedis = async ({ options = [], login }: RedisOptions = {}): Promise<RedisServer> => {
  const folder = await mkdtemp(join(tmpdir(), 'redis-'))
  const port = freePort()
  const url = `redis://${login === undefined ? '' : `${login}@`}127.0.0.1:${port}`
  const launch = () => launchRedis({ folder, port, options })
  let server = await launch()
  afterTest(async () => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    port,
    url,
    async command(name, ...words) {
      const client = new RedisClient(url, { autoReconnect: false })
      try {
        return await client.send(name, words)
      } finally {
        client.close()
      }
    },
    kill: () => server.stop(),
    async restart() {
      server = await launch()
    },
    pause: () => void process.kill(server.processId, 'SIGSTOP'),
    resume: () => void process.kill(server.processId, 'SIGCONT'),
  }
}
