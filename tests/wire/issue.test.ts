import { describe, expect, test } from 'bun:test'
import { Value } from '@sinclair/typebox/value'
import fc from 'fast-check'
import { MessagesRequest } from '../../src/wire/anthropic/request.ts'
import { createCheck } from '../../src/wire/check.ts'
import { ConverseRequest } from '../../src/wire/converse/request.ts'
import { BlockDeltaShape, OutputBlockShape } from '../../src/wire/converse/response-shapes.ts'
import { findIssue } from '../../src/wire/issue.ts'
import { request } from '../support/chain.ts'

/** TypeBox decides whether a value is valid; we check faster, and find the issue. The three must always agree. */

const whole = request({
  system: [{ type: 'text', text: 's', cache_control: { type: 'ephemeral', ttl: '1h' } }],
  tools: [
    { name: 'a', input_schema: {} },
    { type: 'web_search_20250305', name: 'w' },
    { type: 'custom', name: 'c', input_schema: {} },
  ],
  tool_choice: { type: 'tool', name: 'a' },
  thinking: { type: 'enabled', budget_tokens: 2000, display: 'omitted' },
  messages: [
    { role: 'user', content: 'x' },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: '', signature: 's' },
        { type: 'tool_use', id: 'i', name: 'n', input: {} },
      ],
    },
    {
      role: 'user',
      content: [
        {
          type: 'tool_result',
          tool_use_id: 'i',
          content: [{ type: 'image', source: { type: 'base64', media_type: 'm', data: 'd' } }],
        },
      ],
    },
  ],
})
const converse = {
  messages: [
    {
      role: 'user',
      content: [{ text: 'a' }, { cachePoint: { type: 'default' } }, { reasoningContent: { redactedContent: 'x' } }],
    },
  ],
  toolConfig: { tools: [{ toolSpec: { name: 'a', inputSchema: { json: {} } } }], toolChoice: { any: {} } },
}
const delta = {
  contentBlockIndex: 0,
  delta: { text: 'a', toolUse: { input: '{' }, reasoningContent: { text: 'a' }, citation: { location: { web: {} } } },
}
const block = { text: 'a', citationsContent: { content: [{ text: 'a' }], citations: [{ title: 'a', location: {} }] } }

/** Every path in a value. */
const places = (value: unknown, path: (string | number)[] = []): (string | number)[][] =>
  typeof value === 'object' && value !== null
    ? [path, ...Object.entries(value).flatMap(([key, inner]) => places(inner, [...path, key]))]
    : [path]

const replaced = (value: unknown, [key, ...rest]: readonly (string | number)[], by: unknown): unknown => {
  if (key === undefined) return by
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>
  if (rest.length === 0 && by === undefined) delete copy[String(key)]
  else copy[String(key)] = replaced(copy[String(key)], rest, by)
  return copy
}

describe.each([
  ['MessagesRequest', MessagesRequest, whole],
  ['ConverseRequest', ConverseRequest, converse],
  ['BlockDeltaShape', BlockDeltaShape, delta],
  ['OutputBlockShape', OutputBlockShape, block],
] as const)('%s', (_, schema, valid) => {
  const isValid = createCheck(schema)

  test('a valid value has no issue', () => {
    expect(Value.Check(schema, valid)).toBe(true)
    expect(isValid(valid)).toBe(true)
    expect(findIssue(schema, valid)).toBeUndefined()
  })

  test('any value at any path: the check and the search find an issue exactly if TypeBox refuses', () => {
    const anything = fc.constantFrom<unknown>(
      undefined,
      null,
      '',
      'x',
      'user',
      'text',
      'custom',
      0,
      -1,
      1.5,
      true,
      [],
      [1],
      {},
      { type: 'text' },
      { type: 'unknown' },
      { text: 'a', image: 1 },
    )
    fc.assert(
      fc.property(fc.constantFrom(...places(valid)), anything, (place, value) => {
        const changed = replaced(valid, place, value)
        const expected = Value.Check(schema, changed)
        expect([isValid(changed), findIssue(schema, changed) === undefined, changed]).toEqual([
          expected,
          expected,
          changed,
        ])
      }),
      { numRuns: 3000, seed: 20261121 },
    )
  })
})

test('an issue in a block is named by its path', () => {
  const issue = findIssue(
    MessagesRequest,
    request({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a' },
            { type: 'tool_result', tool_use_id: 't', content: [{ type: 'text' }] },
          ],
        },
      ],
    }),
  )
  expect(issue).toEqual({ path: ['messages', 0, 'content', 1, 'content', 0, 'text'], kind: 'required' })
})

/** How often the members of blocks are read, by the check and by the search for the issue. */
const readsOf = (blocks: number): number => {
  let reads = 0
  const block = (type: string): object =>
    new Proxy({ type, tool_use_id: 't', source: { type: 'content', content: [] } } as Record<string, unknown>, {
      get(target, name) {
        reads += 1
        return Reflect.get(target, name)
      },
    })
  const content = [...Array.from({ length: blocks }, () => block('document')), block('unknown')]
  const hostile = request({
    messages: [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content }] }],
  })
  expect(createCheck(MessagesRequest)(hostile)).toBe(false)
  expect(findIssue(MessagesRequest, hostile)?.kind).toBe('tag')
  return reads
}

test('the work for a body with an issue at the end of a union is linear in its length', () => {
  const [once, ten] = [readsOf(100), readsOf(1000)]
  expect(ten / once).toBeWithin(9, 11)
})
