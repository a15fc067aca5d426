import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'

/**
 * Limits the bytes that each request allocates, because they determine its cost and do not depend on the clock. The
 * engine's collector counts them, with the compilers off, so that the result is the same every time.
 */

/** In front of the kinds of OpenAI's clients, which have a program of their own: what it loads counts, too. */
const client = 'client '

/** Bytes, without those of the collector's last cycle, which it does not report. */
const allocated = (kind: string, size: number, times: number): number => {
  const [name, work] = kind.startsWith(client) ? ['allocating-client', kind.slice(client.length)] : ['allocating', kind]
  const program = join(import.meta.dir, '..', 'support', `${name}-program.ts`)
  const { stdout, stderr, exitCode } = Bun.spawnSync([process.execPath, program, work, String(size), String(times)], {
    env: { PATH: process.env['PATH'] ?? '', BUN_JSC_logGC: '1', BUN_JSC_useJIT: '0' },
  })
  expect(exitCode).toBe(0)
  const reported = `${stdout}${stderr}`.matchAll(/bytes allocated this cycle: (\d+)/g)
  return [...reported].reduce((sum, [, bytes]) => sum + Number(bytes), 0)
}

const deltas = 40_000
const perDelta = (ofEach: number, kind = 'stream'): number => allocated(kind, ofEach, deltas / ofEach) / deltas

const turns = 20_000
const perTurn = (ofEach: number, kind = 'request'): number => allocated(kind, ofEach, turns / ofEach) / turns

/** A third above the first measurement. A commit that raises a limit gives the reason. */
const byteLimits = {
  delta: 1150,
  chatDelta: 1750,
  request: 5700,
  turn: 3900,
  chatTurn: 6000,
  chatClientDelta: 1660,
  responsesClientDelta: 2240,
  chatClientTurn: 10_100,
  responsesClientTurn: 10_500,
} as const

/** No test here measures time: the limit only ends programs that hang, also on a busy machine. */
const limitMs = 60_000

/** Buffers grow by doubling, and the collector reports whole cycles. */
const growth = 1.25

describe('the allocated memory', () => {
  test(
    'for a delta, from the frame to the event text, is limited, and the same in a long stream',
    () => {
      const [short, long] = [perDelta(200), perDelta(10_000)]
      expect(short).toBeWithin(100, byteLimits.delta)
      expect(long / short).toBeWithin(1 / growth, growth)
    },
    limitMs,
  )

  test(
    'for a delta of Chat Completions is limited, and the same in a long stream',
    () => {
      const [short, long] = [perDelta(200, 'chat-stream'), perDelta(10_000, 'chat-stream')]
      expect(short).toBeWithin(100, byteLimits.chatDelta)
      expect(long / short).toBeWithin(1 / growth, growth)
    },
    limitMs,
  )

  test.each([
    ['chat', byteLimits.chatClientDelta],
    ['responses', byteLimits.responsesClientDelta],
  ])(
    'for a delta to a client of %s is limited, and the same in a long stream',
    (wire, limit) => {
      const kind = `${client}${wire}-stream`
      const [short, long] = [perDelta(200, kind), perDelta(10_000, kind)]
      expect(short).toBeWithin(100, limit)
      expect(long / short).toBeWithin(1 / growth, growth)
    },
    limitMs,
  )

  test.each([
    ['chat', byteLimits.chatClientTurn],
    ['responses', byteLimits.responsesClientTurn],
  ])(
    'for a turn of a conversation of a client of %s is limited, and the same in a long conversation',
    (wire, limit) => {
      const kind = `${client}${wire}-request`
      const [short, long] = [perTurn(40, kind), perTurn(1000, kind)]
      expect(short).toBeWithin(100, limit)
      expect(long / short).toBeWithin(0.5, growth)
    },
    limitMs,
  )

  test(
    'for a request of one message is limited',
    () => {
      expect(allocated('request', 0, turns) / turns).toBeWithin(100, byteLimits.request)
    },
    limitMs,
  )

  test(
    'for a turn of a conversation is limited, and the same in a long conversation',
    () => {
      const [short, long] = [perTurn(40), perTurn(1000)]
      expect(short).toBeWithin(100, byteLimits.turn)
      expect(long / short).toBeWithin(1 / growth, growth)
    },
    limitMs,
  )

  test(
    'for a turn of a conversation in Chat Completions is limited, and no higher in a long one',
    () => {
      const [short, long] = [perTurn(40, 'chat-request'), perTurn(1000, 'chat-request')]
      expect(short).toBeWithin(100, byteLimits.chatTurn)
      // It is lower: a request allocates some memory once, and the engine does not count its large buffers.
      expect(long / short).toBeWithin(0.5, growth)
    },
    limitMs,
  )
})
