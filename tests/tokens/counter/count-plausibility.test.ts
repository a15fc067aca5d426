import { describe, expect, test } from 'bun:test'
import type { CountTokensRequest } from '../../../src/wire/anthropic/request.ts'
import { counterOver, estimated, model, prompt, settle } from '../../support/token-counter.ts'
import { tool, user } from '../../support/translate.ts'

const refusals = (records: ReturnType<typeof counterOver>['records']) =>
  records.filter(({ event }) => event === 'tokens.upstream_does_not_count').map(({ fields }) => fields)

describe('1.9 no operation: implausible counts', () => {
  const withTool = (name: string, ...content: object[]): CountTokensRequest =>
    ({ ...prompt('foo', { tools: [tool(name)] }), messages: [user('foo', ...content)] }) as CountTokensRequest
  const over = () => {
    const counter = counterOver()
    return {
      ...counter,
      /** The count for the client if the upstream returns `tokens`. */
      countWith: async (request: CountTokensRequest, tokens: number): Promise<number> => {
        const counted = counter.count(request)
        await settle()
        counter.calls.at(-1)?.answer(tokens)
        await counter.pass(100)
        return counted
      },
    }
  }

  test('1.9 no operation: a count without the tools; for ten minutes no count is sent to the upstream', async () => {
    const { countWith, calls, records, count, pass } = over()
    expect(await countWith(withTool('Bash'), 8)).toBe(await estimated(withTool('Bash')))
    expect(refusals(records)).toEqual([{ model, reason: 'The count leaves out the tools.' }])
    await count(prompt('baz'))
    expect(calls.length).toBe(1)
    await pass(10 * 60_000)
    expect(await countWith(prompt('baz'), 9)).toBe(9)
  })

  test('1.9 media: if the estimate is rough, every count is accepted as one with the tools', async () => {
    const { countWith, records } = over()
    const page = Buffer.from(`%PDF-1.4 ${'/Type /Page '.repeat(8)}`.padEnd(2000)).toString('base64')
    const document = { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: page } }
    const thinking = { type: 'thinking', thinking: 'word '.repeat(300), signature: 'c2ln' }
    for (const rough of [document, thinking]) {
      const request = { ...withTool('Bash', rough), tools: [tool('Bash', { description: 'word '.repeat(900) })] }
      expect(await countWith(request as CountTokensRequest, 500)).toBe(500)
    }
    expect(refusals(records)).toEqual([])
  })

  test.each([1, 1600, 110_000, 1e15, 1e308])('1.9 own count: %d tokens are not plausible for 25 KB', async (tokens) => {
    const { countWith, records } = over()
    const large = prompt('word '.repeat(5000))
    expect(await countWith(large, tokens)).toBe(await estimated(large))
    expect(await countWith(prompt('word '.repeat(5001)), tokens)).toBe(await estimated(prompt('word '.repeat(5001))))
    expect(refusals(records)).toEqual([{ model, reason: 'The count is implausible.' }])
  })

  test.each([-5, 0, 7.5, Number.NaN, 1e6, 1e308, 2 ** 53])(
    '1.9 own count: %d tokens are no count of a greeting',
    async (tokens) => {
      const { countWith } = over()
      expect(await countWith(prompt('Hello'), tokens)).toBe(await estimated(prompt('Hello')))
    },
  )

  test('1.9 own count: encrypted thinking may be more than the estimate sees', async () => {
    const { countWith } = over()
    const sealed = { type: 'thinking', thinking: '', signature: 'c2ln'.repeat(50_000) }
    const request = { ...prompt('foo'), messages: [user('foo'), { role: 'assistant', content: [sealed] }] }
    expect(await countWith(request as CountTokensRequest, 100_000)).toBe(100_000)
  })

  test('1.9 own count: between a quarter and four times the estimate it is accepted', async () => {
    const { countWith } = over()
    for (const tokens of [1700, 4000, 6500, 20_000, 26_000])
      expect(await countWith(prompt(`${tokens} ${'word '.repeat(5000)}`), tokens)).toBe(tokens)
    expect(await countWith(prompt('Hello'), 4000)).toBe(4000)
  })
})
