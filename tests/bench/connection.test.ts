import { expect, test } from 'bun:test'
import { runConnection } from '../../scripts/bench/connection.ts'
import { createResponseCheck } from '../../scripts/bench/response-check.ts'

const delta = 'event: content_block_delta\n\n'
const parts = ['event: message_start\n\n', delta, delta + delta, 'event: message_stop\n\n']
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`

/** The server sends a part when the client has the one before it: they never arrive together. */
let onTaken = (): void => {}
const check = createResponseCheck({ deltas: 3, wire: 'anthropic' })

test('a connection reports each time between two parts with deltas of the same response', async () => {
  const server = Bun.listen({
    hostname: '127.0.0.1',
    port: 0,
    socket: {
      async data(socket) {
        socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n')
        for (const part of parts) {
          const taken = Promise.withResolvers<void>()
          onTaken = taken.resolve
          socket.write(chunk(part))
          await taken.promise
        }
        socket.write('0\r\n\r\n')
      },
    },
  })
  const seen = { begun: 0, responses: [] as number[], gaps: [] as number[], firstBytes: 0, faults: [] as string[] }
  await runConnection({
    port: server.port,
    next: () => Buffer.from('POST / HTTP/1.1\r\n\r\n'),
    check: {
      ...check,
      take(bytes) {
        check.take(bytes)
        onTaken()
      },
    },
    isOver: () => seen.begun === 2,
    onRequest() {
      seen.begun += 1
    },
    onFirstByte() {
      seen.firstBytes += 1
    },
    onGap: (milliseconds) => void seen.gaps.push(milliseconds),
    onResponse: (deltas) => void seen.responses.push(deltas),
    onFault: (fault) => void seen.faults.push(fault),
  })
  server.stop(true)
  expect(seen).toMatchObject({ begun: 2, responses: [3, 3], firstBytes: 2, faults: [] })
  expect(seen.gaps).toHaveLength(2)
})
