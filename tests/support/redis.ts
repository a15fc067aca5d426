import { describe, expect, test } from 'bun:test'
import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RedisClient } from 'bun'
import { afterTest } from './cleanup.ts'

/** A real redis-server on a free port of loopback: the one that REDIS_SERVER names, otherwise the one in PATH. */

const program = process.env['REDIS_SERVER'] || Bun.which('redis-server')

/** Runs the tests where Redis is installed; elsewhere, writes a line that stands out. */
export const describeWithRedis = (title: string, tests: () => void): void => {
  if (program !== null) {
    describe(title, tests)
    return
  }
  process.stderr.write(
    `\n!!! redis-server NOT FOUND: the tests of "${title}" DO NOT RUN. Install it, or set REDIS_SERVER.\n`,
  )
  test(`${title}: NOT TESTED, redis-server is not installed`, () => expect(program).toBeNull())
}

export const freePort = (): number => {
  const listener = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  listener.stop(true)
  return listener.port
}

const answers = async (url: string): Promise<boolean> => {
  const client = new RedisClient(url, { autoReconnect: false, connectionTimeout: 1000 })
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    client.close()
  }
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
  const fixed = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder]
  const launch = () =>
    Bun.spawn([program ?? 'redis-server', ...fixed, ...options], {
      stdin: 'ignore',
      stdout: 'ignore',
      stderr: 'ignore',
    })
  let server = launch()
  const untilReady = async (): Promise<void> => {
    while (!(await answers(url))) {
      if (server.exitCode !== null) throw new Error(`redis-server ended with ${server.exitCode}`)
      await Bun.sleep(5)
    }
  }
  const kill = async (): Promise<void> => {
    server.kill('SIGKILL')
    await server.exited
  }
  afterTest(async () => {
    await kill()
    rmSync(folder, { recursive: true, force: true })
  })
  await untilReady()
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
    kill,
    async restart() {
      server = launch()
      await untilReady()
    },
    pause: () => server.kill('SIGSTOP'),
    resume: () => server.kill('SIGCONT'),
  }
}
