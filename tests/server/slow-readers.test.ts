import { describe, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { request, startChain } from '../support/chain.ts'
import { delta, deltaCharacters, floodBytes, startFlood } from '../support/flood.ts'
import { waitUntil } from '../support/wait-until.ts'

/** A client that reads slowly, or not at all, costs only the sockets' buffers, for an answer of any length. */

/** Requests a stream and stops reading after its first bytes. */
const startReader = (url: string) => {
  const body = JSON.stringify(request({ stream: true }))
  const head = `POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`
  const seen = { bytes: 0, pingsInARow: 0, mostPingsInARow: 0, last: '' }
  let rest = ''
  let isHolding = true
  const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(head + body))
  socket.on('data', (data) => {
    seen.bytes += data.length
    const events = (rest + data.toString('latin1')).split('event: ')
    rest = events.pop() ?? ''
    for (const event of events) {
      seen.pingsInARow = event.startsWith('ping') ? seen.pingsInARow + 1 : 0
      seen.mostPingsInARow = Math.max(seen.mostPingsInARow, seen.pingsInARow)
    }
    seen.last = rest
    if (isHolding) socket.pause()
  })
  return {
    seen,
    leave: () => socket.destroy(),
    resume() {
      isHolding = false
      socket.resume()
    },
  }
}

/** Resolves when the value has not changed for this many checks. */
const waitUntilStable = async (figure: () => number, looks = 100): Promise<void> => {
  let last = figure()
  for (let same = 0; same < looks; same += 1) {
    await Bun.sleep(1)
    if (figure() !== last) same = 0
    last = figure()
  }
}

describe('T7 a client that does not read', () => {
  test('slows the upstream down, and gets everything when it continues to read', async () => {
    const { url: endpointUrl, state, finish } = await startFlood()
    const pingMs = 10
    const { url, shutdown } = startChain({ endpointUrl, pingMs })
    const reader = startReader(url)
    await waitUntil(() => state.isHeld)
    await waitUntilStable(() => state.sent)
    const heldAt = performance.now()
    // Long enough for a hundred pings.
    await waitUntilStable(() => state.sent, 1000)
    const pingsWhileHeld = (performance.now() - heldAt) / pingMs
    expect(state.isHeld).toBe(true)
    expect(state.sent).toBeLessThan(floodBytes)
    finish()
    reader.resume()
    await waitUntil(() => reader.seen.last.includes('message_stop'))
    expect(reader.seen.bytes).toBeGreaterThan((state.sent / delta.length) * deltaCharacters)
    // They were not queued: otherwise they would arrive together.
    expect(reader.seen.mostPingsInARow).toBeLessThan(pingsWhileHeld / 2)
    await waitUntil(() => shutdown.running() === 0)
  }, 20_000)

  test('and disconnects ends the upstream call, although no write was possible', async () => {
    const { url: endpointUrl, state } = await startFlood()
    const { url, shutdown, records } = startChain({ endpointUrl })
    const reader = startReader(url)
    await waitUntil(() => state.isHeld)
    await waitUntilStable(() => state.sent)
    reader.leave()
    await waitUntil(() => state.isClosed && shutdown.running() === 0)
    expect(state.sent).toBeLessThan(floodBytes)
    // The record is written last, when everything else has ended.
    await waitUntil(() => records.some(({ event }) => event === 'request.cancelled'))
  }, 20_000)
})
