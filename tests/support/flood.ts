import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { chunk, frame, streamHead } from './nexus.ts'
import { rawServer } from './raw-server.ts'

export const mebibyte = 1024 * 1024

/** The largest that the system lets a connection's buffer grow to, in bytes: each machine has limits of its own. */
const largestBuffer = (direction: 'rmem' | 'wmem', usual: number): number => {
  try {
    return Number(readFileSync(`/proc/sys/net/ipv4/tcp_${direction}`, 'utf8').trim().split(/\s+/)[2])
  } catch {
    return usual
  }
}

/** What lies in the buffers of two connections and in our own at most, where nobody reads. */
export const mostOnTheWay =
  2 * (largestBuffer('rmem', 6 * mebibyte) + largestBuffer('wmem', 4 * mebibyte)) + 4 * mebibyte
/** It cannot all be on the way. */
const answerBytes = mostOnTheWay + 16 * mebibyte

export const deltaCharacters = 4000
export const delta = chunk(
  frame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'x'.repeat(deltaCharacters) } }),
)
const start = chunk(frame('messageStart', { role: 'assistant' }))
const end = chunk(
  Buffer.concat([
    frame('contentBlockStop', { contentBlockIndex: 0 }),
    frame('messageStop', { stopReason: 'end_turn' }),
    frame('metadata', { usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 } }),
  ]),
)

/** An upstream with a long answer, which it sends as fast as it is read from. */
export const startFlood = async () => {
  const state = { sent: 0, isHeld: false, isClosed: false }
  const pour = (socket: Socket): void => {
    while (state.sent < answerBytes) {
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
    socket.write(Buffer.concat([Buffer.from(streamHead), start]))
    pour(socket)
  })
  return { url, state }
}
