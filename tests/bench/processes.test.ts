import { describe, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { endAll, freePort, startTarget } from '../../scripts/bench/processes.ts'

/** Tells where it runs, and never answers. */
const silentProgram = (port: number): readonly string[] => [
  process.execPath,
  '-e',
  `Bun.listen({ hostname: '127.0.0.1', port: ${port}, socket: { data: (socket) => socket.end(process.cwd()) } })`,
]

/** What a mute target says of where it runs; undefined while nobody listens. */
const homeAt = (port: number): Promise<string | undefined> =>
  new Promise((resolve) => {
    Bun.connect({
      hostname: '127.0.0.1',
      port,
      socket: {
        open: (socket) => void socket.write('?'),
        data: (_socket, bytes) => resolve(bytes.toString()),
        close: () => resolve(undefined),
        error: () => resolve(undefined),
        connectError: () => resolve(undefined),
      },
    }).catch(() => resolve(undefined))
  })

describe.skipIf(process.platform === 'win32')('a process of the benchmark', () => {
  test('that has not come up ends with the benchmark, and leaves nothing behind', async () => {
    const port = freePort()
    const failed = startTarget({ command: silentProgram(port), healthPath: '/' }, port).catch(String)
    let home: string | undefined
    while (home === undefined) {
      await Bun.sleep(20)
      home = await homeAt(port)
    }
    endAll()
    expect(await failed).toEndWith('ended with SIGKILL')
    expect(await homeAt(port)).toBeUndefined()
    expect(existsSync(home)).toBe(false)
  })
})
