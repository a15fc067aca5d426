import { describe, expect, test } from 'bun:test'
import type { Job } from '../../scripts/bench/job.ts'
import { createRequestSource } from '../../scripts/bench/load-requests.ts'
import { turnsOfSession } from '../../scripts/bench/sessions.ts'

const job: Job = { port: 1, request: { nextTurnOf: 'large' }, deltas: undefined, wire: 'anthropic', concurrency: 2 }

const read = (bytes: Uint8Array) => {
  const [head = '', body = ''] = Buffer.from(bytes).toString().split('\r\n\r\n')
  return {
    session: /x-claude-code-session-id: (\S+)/.exec(head)?.[1],
    length: Number(/content-length: (\d+)/.exec(head)?.[1]),
    bytes: Buffer.byteLength(body),
    messages: JSON.parse(body).messages.length as number,
  }
}

describe('the requests of the load', () => {
  test('each connection sends the turns of a session of its own, and of a new one after the last turn', () => {
    const next = createRequestSource()(job)
    const [one, other] = [next(0), next(1)]
    const turns = Array.from({ length: turnsOfSession + 1 }, () => read(one()))
    const [first, last, again] = [turns[0], turns[turnsOfSession - 1], turns[turnsOfSession]]
    for (const turn of turns) expect(turn.length).toBe(turn.bytes)
    expect(last?.session).toBe(first?.session)
    expect(last?.messages).toBe((first?.messages ?? 0) + 2 * (turnsOfSession - 1))
    expect(again?.session).not.toBe(first?.session)
    expect(again?.messages).toBe(first?.messages)
    expect(read(other()).session).not.toBe(first?.session)
  })

  test('the next job for the same target goes on with its sessions, one for another target does not', () => {
    const requestsOf = createRequestSource()
    const first = read(requestsOf(job)(0)())
    const second = read(requestsOf(job)(0)())
    expect(second).toMatchObject({ session: first.session, messages: first.messages + 2 })
    expect(read(requestsOf({ ...job, port: 2 })(0)()).session).not.toBe(first.session)
  })

  test('a request of a long body has no session, and is always the same', () => {
    const next = createRequestSource()({ ...job, request: '1mb' })
    expect(next(0)()).toBe(next(1)())
    expect(read(next(0)()).session).toBeUndefined()
  })
})
