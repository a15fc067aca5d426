import { describe, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { request, startChain } from '../support/chain.ts'
import { delta, deltaCharacters, mebibyte, startFlood } from '../support/flood.ts'
import { until } from '../support/until.ts'

/** A client that reads slowly, or not at all, costs what lies in the sockets, however long the answer is. */

/** Two connections' socket buffers at their largest (Linux: 6 MiB to receive, 4 MiB to send), and a bit of our own. */
const mostOnTheWay = 24 * mebibyte

/** Asks for a stream and stops reading after its first bytes. */
const startReader = (url: string) => {
  const body = JSON.stringify(request({ stream: true }))
  const head = `POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`
  const seen = { bytes: 0, pings: 0, tail: '' }
  let isHolding = true
  const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(head + body))
  socket.on('data', (data) => {
    seen.bytes += data.length
    seen.pings += data.toString('latin1').match(/event: ping/g)?.length ?? 0
    seen.tail = (seen.tail + data.toString('latin1')).slice(-1000)
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

/** Resolves when nothing has moved for as many looks. */
const untilStill = async (figure: () => number, looks = 100): Promise<void> => {
  let last = figure()
  for (let same = 0; same < looks; same += 1) {
    await Bun.sleep(1)
    if (figure() !== last) same = 0
    last = figure()
  }
}

describe('T7 a reader who does not read', () => {
  test('holds the upstream back, and gets everything when it reads on', async () => {
    const { url: endpointUrl, state } = await startFlood()
    const { url, shutdown } = startChain({ endpointUrl, pingMs: 10 })
    const reader = startReader(url)
    await until(() => state.isHeld)
    // Long enough for fifty pings.
    await untilStill(() => state.sent, 500)
    expect(state.isHeld).toBe(true)
    expect(state.sent).toBeLessThan(mostOnTheWay)
    reader.resume()
    await until(() => reader.seen.tail.includes('message_stop'))
    expect(reader.seen.bytes).toBeGreaterThan((state.sent / delta.length) * deltaCharacters)
    // They have not been kept for it.
    expect(reader.seen.pings).toBeLessThan(15)
    await until(() => shutdown.running() === 0)
  }, 20_000)

  test('and leaves ends the upstream call, although nothing could be written to it', async () => {
    const { url: endpointUrl, state } = await startFlood()
    const { url, shutdown, records } = startChain({ endpointUrl })
    const reader = startReader(url)
    await until(() => state.isHeld)
    await untilStill(() => state.sent)
    reader.leave()
    await until(() => state.isClosed && shutdown.running() === 0)
    expect(state.sent).toBeLessThan(mostOnTheWay)
    expect(records.some(({ event }) => event === 'request.cancelled')).toBe(true)
  }, 20_000)
})
