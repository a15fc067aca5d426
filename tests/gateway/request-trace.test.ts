import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { createReadTrace, createTrace, parseTraceparent, type TraceOptions } from '../../src/gateway/request-trace.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'
const all: TraceOptions = { ratio: 1, isParentBased: true, propagates: false }

describe('traceparent', () => {
  test.each([
    ['01', true],
    ['00', false],
    ['03', true],
    ['02', false],
    ['ff', true],
  ])('with the flags %s has the decision of its client (OP-O1)', (flags, isSampled) => {
    expect(parseTraceparent(`00-${traceId}-${spanId}-${flags}`)).toEqual({ traceId, spanId, isSampled })
  })

  test.each([`01-${traceId}-${spanId}-01`, `cc-${traceId}-${spanId}-01-what-a-later-version-adds`])(
    'of a later version is read as far as it is known: %s (OP-O1)',
    (header) => {
      expect(parseTraceparent(header)).toEqual({ traceId, spanId, isSampled: true })
    },
  )

  test.each([
    null,
    '',
    `ff-${traceId}-${spanId}-01`,
    `00-${traceId}-${spanId}-01-more`,
    `cc-${traceId}-${spanId}-01.more`,
    `00-${'0'.repeat(32)}-${spanId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId.toUpperCase()}-${spanId}-01`,
    `00-${traceId.slice(1)}-${spanId}-01`,
    `00-${traceId}-${spanId}-1`,
    `00-${traceId}-${spanId}`,
    // Two headers.
    `00-${traceId}-${spanId}-01, 00-${traceId}-${spanId}-01`,
    `00-${traceId}-${spanId}-01\n`,
  ])('that is not valid begins a new trace: %p (OP-O1)', (header) => {
    expect(parseTraceparent(header)).toBeUndefined()
    const { parentId, ...trace } = createTrace(parseTraceparent(header), all)
    expect(parentId).toBeUndefined()
    expect(trace).toEqual({
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/) as never,
      spanId: expect.stringMatching(/^[0-9a-f]{16}$/) as never,
      isSampled: true,
    })
  })

  test('of any other text is never taken over (OP-O1)', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseTraceparent(text)).toBeUndefined()
      }),
    )
  })
})

describe('a request with the trace of its client', () => {
  const parent = (isSampled: boolean) => ({ traceId, spanId, isSampled })

  test('has a span of its own below the span of the client (OP-O1)', () => {
    const trace = createTrace(parent(true), all)
    expect(trace).toMatchObject({ traceId, parentId: spanId, isSampled: true })
    expect(trace.spanId).not.toBe(createTrace(parent(true), all).spanId)
  })

  test.each([
    [1, true, true, true],
    [1, true, false, false],
    [0, true, true, true],
    [0, true, false, false],
    [1, false, false, true],
    [0, false, true, false],
  ])(
    'and a share of %d, based on the client: %p, sampled by it: %p, is sampled: %p (OP-O1)',
    (ratio, isParentBased, isSampled, expected) => {
      expect(createTrace(parent(isSampled), { ...all, ratio, isParentBased }).isSampled).toBe(expected)
    },
  )

  test('is sampled by the last 56 bits of its trace, so that all servers decide the same (OP-O1)', () => {
    const sampled = (end: string, ratio: number): boolean =>
      createTrace({ ...parent(false), traceId: traceId.slice(0, 18) + end }, { ...all, ratio, isParentBased: false })
        .isSampled
    expect([sampled('c0000000000000', 0.25), sampled('bfffffff000000', 0.25)]).toEqual([true, false])
    expect([sampled('00000000000000', 1), sampled('ffffffffffffff', 0)]).toEqual([true, false])
  })
})

describe('the ids of a request', () => {
  const headers = new Headers({ traceparent: `00-${traceId}-${spanId}-01` })

  test('are made before its answer only for a client that traces, or for the upstream (OP-O1, OP-O7)', () => {
    expect(createReadTrace(all)(new Headers())).toBeUndefined()
    expect(createReadTrace(all)(headers)).toMatchObject({ traceId })
    expect(createReadTrace({ ...all, propagates: true })(new Headers())).toMatchObject({ isSampled: true })
  })

  test.each([
    [true, '01'],
    [false, '00'],
  ])('go to the upstream only with the switch, and the decision: %p (OP-O7)', (isSampled, flags) => {
    const parent = { traceId, spanId, isSampled }
    expect(createTrace(parent, all).traceparent).toBeUndefined()
    const trace = createTrace(parent, { ...all, propagates: true })
    expect(trace.traceparent).toBe(`00-${traceId}-${trace.spanId}-${flags}`)
  })
})
