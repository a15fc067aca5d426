import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { binary, fromSources, isBuilt } from './binary.ts'
import { type UpstreamKind, upstreamArguments } from './upstream-arguments.ts'

/** The server as a separate process, so that a script can measure it, and survives its crash. */
export interface ServerProcess {
  readonly url: string
  readonly pid: number
  /** Undefined while it runs. */
  exitCode(): number | null
  /** Stops it. Resolves with its exit code; undefined if it had to be killed. */
  stop(): Promise<number | undefined>
}

export interface ServerProcessOptions {
  /** Default: AI Nexus. */
  readonly upstream?: UpstreamKind
  /** The URL of the upstream. */
  readonly endpointUrl: string
  readonly apiKey: string
  /** The binary in `dist/` instead of the sources. */
  readonly isBinary?: boolean
  readonly flags?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** Called for each line of the log, which is JSON. */
  readonly onLine: (line: string) => void
}

const startMs = 15_000
/** Time to stop, without running requests. */
const stopMs = 15_000

const commandFor = (isBinary: boolean): readonly string[] => {
  if (!isBinary) return fromSources
  if (!isBuilt()) throw new Error('no binary in dist/. Run `bun run build` first')
  return [binary]
}

export const startServerProcess = async (options: ServerProcessOptions): Promise<ServerProcess> => {
  // An empty home, so that no user's configuration applies.
  const home = mkdtempSync(join(tmpdir(), 'nexus-server-'))
  const { flags: upstreamFlags, environment } = upstreamArguments(options.upstream ?? 'nexus', {
    url: options.endpointUrl,
    apiKey: options.apiKey,
  })
  const flags = ['start', '--port', '0', ...upstreamFlags, '--log-format', 'json']
  const child = Bun.spawn([...commandFor(options.isBinary === true), ...flags, ...(options.flags ?? [])], {
    cwd: home,
    env: {
      HOME: home,
      PATH: process.env['PATH'] ?? '',
      NO_PROXY: '*',
      ...environment,
      ...options.environment,
    },
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'pipe',
  })
  const address = Promise.withResolvers<string>()
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder()
    let pending = ''
    for await (const chunk of child.stderr) {
      const lines = (pending + decoder.decode(chunk, { stream: true })).split('\n')
      pending = lines.pop() ?? ''
      for (const line of lines) {
        const found = /"event":"program.listening","address":"([^"]+)"/.exec(line)?.[1]
        if (found !== undefined) address.resolve(found)
        options.onLine(line)
      }
    }
    if (pending !== '') options.onLine(pending)
    address.reject(new Error(`the server ended with ${await child.exited} before it listened`))
  }
  const hasRead = read()
  const timer = setTimeout(() => address.reject(new Error('the server did not start')), startMs)
  const url = await address.promise.finally(() => clearTimeout(timer))
  return {
    url,
    pid: child.pid,
    exitCode: () => child.exitCode,
    async stop() {
      child.kill('SIGTERM')
      const code = await Promise.race([child.exited, Bun.sleep(stopMs).then(() => undefined)])
      if (code === undefined) child.kill('SIGKILL')
      await child.exited
      await hasRead
      rmSync(home, { recursive: true, force: true })
      return code
    },
  }
}
