import { describe, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { endAll, startTarget } from '../../scripts/bench/processes.ts'
import { freePort } from '../../scripts/support/free-port.ts'

/** Sends its working folder, and never answers with HTTP. */
const silentProgram = (port: number): readonly string[] => [
  process.execPath,
  '-e',
  `Bun.listen({ hostname: '127.0.0.1', port: ${port}, socket: { data: (socket) => socket.end(process.cwd()) } })`,
]

/** The working folder of a silent target; undefined while no process listens on the port. */
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

describe.skipIf(process.platform === 'win32')('a target process of the benchmark', () => {
  test('that has not started yet ends with the benchmark, and leaves no files', async () => {
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
