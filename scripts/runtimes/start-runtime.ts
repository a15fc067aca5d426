import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { portableFile, wrapperManifest } from '../release/npm/packages.ts'
import { project } from '../release/project.ts'
import { root } from '../support/binary.ts'
import { packageFolder } from './installed.ts'
import type { Runtime } from './runtimes.ts'

/** Runs an entry of deploy/runtimes/ as a user does: in a folder of its own, with the npm package installed. */

export interface RunningRuntime {
  readonly url: string
  /** What it has written so far. */
  output(): string
  stop(): Promise<void>
}

/** The bundle comes from `bun run build:portable`. */
const installPackages = (folder: string): void => {
  const own = join(folder, 'node_modules', project.name)
  mkdirSync(join(own, dirname(portableFile)), { recursive: true })
  writeFileSync(join(own, 'package.json'), JSON.stringify(wrapperManifest()))
  cpSync(join(root, portableFile), join(own, portableFile))
  for (const name of ['hono', '@hono/node-server']) {
    const link = join(folder, 'node_modules', name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(packageFolder(name), link)
  }
}

/** Of workerd, of the program, and of the entries. */
const listening = [
  /"event":"listen".*"port":(\d+)/,
  /"event":"program.listening","address":"[^"]*:(\d+)"/,
  /^Listening on http:\/\/\S+?:(\d+)\//,
]

const portIn = (line: string): string | undefined =>
  listening.map((pattern) => pattern.exec(line)?.[1]).find((port) => port !== undefined)

export const startRuntime = async (
  runtime: Runtime,
  variables: Readonly<Record<string, string>>,
): Promise<RunningRuntime> => {
  const folder = mkdtempSync(join(tmpdir(), 'nexus-runtime-'))
  if (runtime.folder !== undefined) {
    cpSync(join(root, 'deploy', 'runtimes', runtime.folder), folder, { recursive: true })
    installPackages(folder)
  }
  const settings = { NEXUS_PORT: '0', ...variables }
  const child = Bun.spawn([...runtime.commandIn(folder, settings)], {
    cwd: folder,
    env: { HOME: folder, NO_PROXY: '127.0.0.1', DENO_NO_UPDATE_CHECK: '1', ...settings },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const port = Promise.withResolvers<string>()
  let written = ''
  const read = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    const decoder = new TextDecoder()
    let pending = ''
    for await (const chunk of stream) {
      const text = decoder.decode(chunk, { stream: true })
      written += text
      const lines = (pending + text).split('\n')
      pending = lines.pop() ?? ''
      const found = lines.map(portIn).find((line) => line !== undefined)
      if (found !== undefined) port.resolve(found)
    }
  }
  const hasRead = Promise.all([read(child.stdout), read(child.stderr)]).then(() =>
    port.reject(new Error(`${runtime.name} ended before it listened: ${written}`)),
  )
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL')
    await child.exited
    await hasRead
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    return { url: `http://127.0.0.1:${await port.promise}`, output: () => written, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
