import { describe, expect, test } from 'bun:test'
import { type Channel, createChannel } from '../../../src/cli/workers/channel.ts'

interface Left {
  double(value: number): Promise<number>
}

interface Right {
  greet(name: string): Promise<string>
  never(nothing: undefined): Promise<string>
}

const joined = () => {
  const left: Channel<Right> = createChannel<Right, Left>({ double: async (value) => value * 2 }, (message) =>
    queueMicrotask(() => right.receive(structuredClone(message))),
  )
  const right: Channel<Left> = createChannel<Left, Right>(
    { greet: async (name) => `hello ${name}`, never: () => new Promise(() => {}) },
    (message) => queueMicrotask(() => left.receive(structuredClone(message))),
  )
  return { left, right }
}

describe('a channel between two processes', () => {
  test('carries questions and answers in both directions at the same time (OP-K7)', async () => {
    const { left, right } = joined()
    expect(await Promise.all([left.ask('greet', 'a'), right.ask('double', 2), left.ask('greet', 'b')])).toEqual([
      'hello a',
      4,
      'hello b',
    ])
  })

  test('gives no answer after a timeout, and none when the other side ends (OP-K7)', async () => {
    const { left } = joined()
    expect(await left.ask('never', undefined, 1)).toBeUndefined()
    const waiting = left.ask('never', undefined)
    left.close()
    expect(await waiting).toBeUndefined()
    expect(await left.ask('greet', 'late')).toBeUndefined()
  })

  test('gives no answer if the other side cannot be reached (OP-K7)', async () => {
    const channel = createChannel<Right, Left>({ double: async (value) => value }, () => {
      throw new Error('closed')
    })
    expect(await channel.ask('greet', 'a')).toBeUndefined()
  })
})
