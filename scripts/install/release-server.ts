import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { archiveName, type Target } from '../release/targets.ts'

/** A mirror with releases on loopback, for tests of the installers. */

const name = 'nexus-claude-api'

/** A small script in place of the real program: the installer only runs it with --version. */
export const fakeProgram = (version: string): string =>
  `#!/bin/sh\n[ "$1" = --version ] && echo "${name} ${version} (commit abc, bun 1, fake)"\n`

/** Packs an archive with the machine's own tar. */
const pack = (folder: string, target: Target, version: string): Uint8Array => {
  const inner = `${name}-${version}-${target.id}`
  const top = join(folder, inner)
  mkdirSync(join(top, 'completions'), { recursive: true })
  writeFileSync(join(top, name), fakeProgram(version), { mode: 0o755 })
  for (const file of [
    'LICENSE',
    'README.md',
    `completions/${name}.bash`,
    `completions/_${name}`,
    `completions/${name}.fish`,
  ])
    writeFileSync(join(top, file), `${file} of ${name} ${version}\n`)
  const archive = join(folder, archiveName(target, name, version))
  const { success, stderr } = Bun.spawnSync(['tar', '-czf', archive, '-C', folder, inner])
  if (!success) throw new Error(stderr.toString())
  const bytes = readFileSync(archive)
  rmSync(top, { recursive: true })
  return bytes
}

export interface Release {
  readonly version: string
  readonly targets: readonly Target[]
}

export interface ReleaseServer {
  readonly url: string
  /** By path (`v1.2.3/SHA256SUMS`). A test can change, add and remove files. */
  readonly files: Map<string, string | Uint8Array>
  /** Files of which the server sends only the first half. */
  readonly cut: Set<string>
  /** Requested paths, in order. */
  readonly requestedPaths: string[]
  stop(): Promise<void>
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** The last release is the latest one. */
export const startReleaseServer = (folder: string, releases: readonly Release[]): ReleaseServer => {
  const files = new Map<string, string | Uint8Array>()
  const cut = new Set<string>()
  const requestedPaths: string[] = []
  for (const { version, targets } of releases) {
    const sums = targets.map((target) => {
      const bytes = pack(folder, target, version)
      files.set(`v${version}/${archiveName(target, name, version)}`, bytes)
      return `${sha256(bytes)}  ${archiveName(target, name, version)}\n`
    })
    // Other files of a release, which the installer ignores.
    sums.push(`${'0'.repeat(64)}  ${name}_${version}_amd64.deb\n`)
    files.set(`v${version}/SHA256SUMS`, sums.join(''))
    files.set('latest/SHA256SUMS', sums.join(''))
  }
  const answers = (path: string): string => {
    requestedPaths.push(path)
    const content = files.get(path)
    if (content === undefined) return 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'
    return `HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(content)}\r\nConnection: close\r\n\r\n`
  }
  // Plain sockets, because Bun's HTTP server cannot end a body early.
  const listener = Bun.listen<{ head: string; rest: Uint8Array }>({
    hostname: '127.0.0.1',
    port: 0,
    socket: {
      open(socket) {
        socket.data = { head: '', rest: new Uint8Array() }
      },
      data(socket, chunk) {
        socket.data.head += chunk.toString()
        if (!socket.data.head.includes('\r\n\r\n')) return
        const path = /^GET \/(\S*)/.exec(socket.data.head)?.[1] ?? ''
        const content = Buffer.from(files.get(path) ?? '')
        const body = cut.has(path) ? content.subarray(0, content.length / 2) : content
        const all = Buffer.concat([Buffer.from(answers(path)), body])
        socket.data.rest = all.subarray(socket.write(all))
        if (socket.data.rest.length === 0) socket.end()
      },
      drain(socket) {
        socket.data.rest = socket.data.rest.subarray(socket.write(socket.data.rest))
        if (socket.data.rest.length === 0) socket.end()
      },
    },
  })
  return {
    url: `http://127.0.0.1:${listener.port}`,
    files,
    cut,
    requestedPaths,
    stop: async () => listener.stop(true),
  }
}
