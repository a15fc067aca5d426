import type { Socket } from 'node:net'
import { frame, httpChunk, streamResponseHead } from './nexus.ts'
import { rawServer } from './raw-server.ts'

export const mebibyte = 1024 * 1024

/** More than the buffers of any system: an upstream that can send all of it got no backpressure. */
export const floodBytes = 256 * mebibyte

export const deltaCharacters = 4000
export const delta = httpChunk(
  frame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'x'.repeat(deltaCharacters) } }),
)
const start = httpChunk(frame('messageStart', { role: 'assistant' }))
const end = httpChunk(
  Buffer.concat([
    frame('contentBlockStop', { contentBlockIndex: 0 }),
    frame('messageStop', { stopReason: 'end_turn' }),
    frame('metadata', { usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 } }),
  ]),
)

/** An upstream that sends deltas as fast as its reader takes them, until `finish`. */
export const startFlood = async () => {
  const state = { sent: 0, isHeld: false, isClosed: false }
  let isFinished = false
  const pour = (socket: Socket): void => {
    while (!isFinished && state.sent < floodBytes) {
      state.sent += delta.length
      if (socket.write(delta)) continue
      state.isHeld = true
      socket.once('drain', () => {
        state.isHeld = false
        pour(socket)
      })
      return
    }
    socket.write(Buffer.concat([end, Buffer.from('0\r\n\r\n')]))
  }
  const { url } = await rawServer((socket) => {
    socket.on('close', () => {
      state.isClosed = true
    })
    socket.write(Buffer.concat([Buffer.from(streamResponseHead), start]))
    pour(socket)
  })
  const finish = (): void => {
    isFinished = true
  }
  return { url, state, finish }
}
