import { expect, test } from 'bun:test'
import { connect } from 'node:net'
import { afterTest } from '../tests/support/cleanup.ts'
import { mebibyte, startFlood } from '../tests/support/flood.ts'
import { residentBytes } from './support/samples.ts'
import { startServerProcess } from './support/server-process.ts'

/** The built program with a client that reads a kilobyte per second. Run `bun run build` first. */

const kibibyte = 1024
/** Allows a heap before its next collection, and is well below the size of the response. */
const mostGrowth = 32 * mebibyte
const warmUps = 20

const body = JSON.stringify({
  model: 'claude-sonnet-4-5',
  max_tokens: 100,
  stream: true,
  messages: [{ role: 'user', content: 'x' }],
})
const head = `POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`

test('a long response at a kilobyte per second needs limited memory', async () => {
  const flood = await startFlood()
  const server = await startServerProcess({
    endpointUrl: flood.url,
    apiKey: 'any',
    isBinary: true,
    flags: ['--max-retries', '0'],
    onLine: () => {},
  })
  afterTest(async () => void (await server.stop()))
  // Zero if the system does not report it: other systems test this.
  const weight = (): number => residentBytes(server.pid) ?? 0
  for (let round = 0; round < warmUps; round += 1) await (await fetch(`${server.url}/health`)).text()
  const before = weight()
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => socket.write(head + body))
  socket.pause()
  let read = 0
  const samples: number[] = []
  for (let second = 0; second < 6; second += 1) {
    await Bun.sleep(1000)
    const piece = socket.read(kibibyte) as Uint8Array | null
    read += piece?.length ?? 0
    samples.push(weight())
  }
  expect(read).toBeGreaterThan(0)
  expect(flood.state.isHeld).toBe(true)
  expect(Math.max(...samples) - before).toBeLessThan(mostGrowth)
  socket.destroy()
  expect(await server.stop()).toBe(0)
}, 60_000)
