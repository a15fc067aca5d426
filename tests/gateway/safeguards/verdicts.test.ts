import { describe, expect, test } from 'bun:test'
import { readVerdicts } from '../../../src/gateway/safeguards/verdicts.ts'
import type { Message } from '../../../src/wire/anthropic/response.ts'

const reports = (...inputs: readonly unknown[]): Message =>
  ({
    content: inputs.map((input) => ({ type: 'tool_use', id: 'r', name: 'report_verdicts', input })),
  }) as unknown as Message
const verdictsOf = (verdicts: unknown, ids = ['t1']): unknown =>
  Object.fromEntries(readVerdicts(reports({ verdicts }), new Set(ids)))

const verdictOn = (outcome: unknown, explanation: unknown = 'It deletes files') => [{ id: 't1', outcome, explanation }]

describe('A1 the report of the small model', () => {
  test('the stricter of two verdicts on a call wins, in either order, in one report or two', () => {
    const both = [...verdictOn('not_flagged'), ...verdictOn('flagged')]
    const flagged = { t1: { type: 'evaluated', outcome: 'flagged', explanation: 'It deletes files' } }
    expect([verdictsOf(both), verdictsOf(both.toReversed())]).toEqual([flagged, flagged])
    const two = reports({ verdicts: verdictOn('flagged') }, { verdicts: verdictOn('not_flagged') })
    expect(Object.fromEntries(readVerdicts(two, new Set(['t1'])))).toEqual(flagged as never)
  })

  test('only a flag has an explanation', () => {
    expect(verdictsOf(verdictOn('not_flagged'))).toEqual({ t1: { type: 'evaluated', outcome: 'not_flagged' } })
    for (const explanation of [undefined, null, 7, ' ', '...'])
      expect(verdictsOf([{ id: 't1', outcome: 'flagged', explanation }])).toEqual({
        t1: { type: 'evaluated', outcome: 'flagged' },
      })
  })

  test('an explanation is one short line without control characters and a final full stop', () => {
    const explanation = `It\u001b[2J deletes\n\n files\u202e.${' '.repeat(3)}`
    expect(verdictsOf(verdictOn('flagged', explanation))).toMatchObject({ t1: { explanation: 'It [2J deletes files' } })
    const long = verdictsOf(verdictOn('flagged', 'x'.repeat(2000))) as { t1: { explanation: string } }
    expect(long.t1.explanation.length).toBe(300)
  })

  test.each([
    undefined,
    null,
    'x',
    {},
    [null],
    ['t1'],
    [{ id: 1, outcome: 'flagged' }],
    verdictOn('FLAGGED'),
    verdictOn(true),
  ])('%j has no verdict', (verdicts) => {
    expect(verdictsOf(verdicts)).toEqual({})
  })

  test('accepts ids that are names of built-in object members', () => {
    const ids = ['__proto__', 'constructor']
    const verdicts = ids.map((id) => ({ id, outcome: 'not_flagged' }))
    expect([...readVerdicts(reports({ verdicts }), new Set(ids)).keys()]).toEqual(ids)
    expect(verdictsOf([{ id: 'toString', outcome: 'flagged' }])).toEqual({})
  })
})
