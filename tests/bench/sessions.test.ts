import { describe, expect, test } from 'bun:test'
import { sessionOf, turnsOfSession } from '../../scripts/bench/sessions.ts'

interface Body {
  readonly messages: readonly { readonly role: string; readonly content: readonly object[] }[]
}

const session = sessionOf('large')
const bytesOf = (turn: number, isStream = false): Buffer => Buffer.concat(session.turn(turn, isStream))
const bodyOf = (turn: number): Body => JSON.parse(bytesOf(turn).toString())

const markersOf = ({ messages }: Body): number[] =>
  messages.flatMap(({ content }, index) => (content.some((block) => 'cache_control' in block) ? [index] : []))

/** The messages without cache points. */
const unmarked = ({ messages }: Body): unknown =>
  JSON.parse(JSON.stringify(messages, (key, value) => (key === 'cache_control' ? undefined : value)))

describe('a session of the benchmark', () => {
  test('each turn is the one before it with one exchange more', () => {
    for (let turn = 1; turn < turnsOfSession; turn += 1) {
      const [earlier, later] = [bodyOf(turn - 1), bodyOf(turn)]
      const { length } = earlier.messages
      expect(later.messages.slice(length).map(({ role }) => role)).toEqual(['assistant', 'user'])
      expect(unmarked({ messages: later.messages.slice(0, length) })).toEqual(unmarked(earlier))
    }
  })

  test('only the last two messages of the user have a cache point', () => {
    for (const turn of [0, turnsOfSession - 1]) {
      const body = bodyOf(turn)
      const last = body.messages.length - 1
      expect(markersOf(body)).toEqual([last - 2, last])
    }
  })

  test('its members have the order of Claude Code', () => {
    const body: object = JSON.parse(bytesOf(0, true).toString())
    expect(Object.keys(body)).toEqual(['model', 'messages', 'system', 'tools', 'metadata', 'max_tokens', 'stream'])
  })

  test('its turns share the bytes of the messages without cache points', () => {
    const [[first], [last]] = [session.turn(0, false), session.turn(turnsOfSession - 1, false)]
    expect(first?.buffer).toBe(last?.buffer as ArrayBuffer)
  })

  test('the sizes are what their names say', () => {
    const megabytes = (['large', '1mb', '4mb'] as const).map((size) => {
      const parts = sessionOf(size).turn(turnsOfSession / 2, false)
      return parts.reduce((sum, { byteLength }) => sum + byteLength, 0) / 1e6
    })
    expect(megabytes.map((size) => size.toFixed(2))).toEqual(['0.15', '1.00', '4.00'])
  })
})
