import { expect, test } from 'bun:test'
import { decodeSearch, encodeSearch } from '../../../src/translate/openai-responses-entrance/carried-search.ts'
import { conversationOf, translateResponses } from '../../support/responses-request.ts'

const caller = { type: 'direct' }
const use = (id: string) => ({ type: 'server_tool_use', id, name: 'web_search', input: { query: id }, caller })
const entry = {
  type: 'web_search_result',
  url: 'https://a.example',
  title: 'A',
  page_age: null,
  encrypted_content: 'nca1_x',
}
const result = (id: string) => ({ type: 'web_search_tool_result', tool_use_id: id, caller, content: [entry] })

const carried = (id: string) => ({
  type: 'reasoning',
  summary: [],
  encrypted_content: encodeSearch({ use: use(id), result: result(id) }),
})
const call = (status = 'completed') => ({ type: 'web_search_call', id: 'ws_1', status, action: { type: 'search' } })
const user = { role: 'user', content: 'hello' }
const exec = { type: 'function_call', call_id: 'c1', name: 'exec', arguments: '{}' }
const output = { type: 'function_call_output', call_id: 'c1', output: 'ok' }

const notesOf = (input: readonly object[]) => translateResponses({ input }).notes

const assistantIn = (items: readonly object[]): unknown =>
  translateResponses({ input: [user, ...items] }).request.messages.find(({ role }) => role === 'assistant')?.content

test('a search comes back with its results, at the place of its call (OE-R21, WS-31)', () => {
  const items = [call(), exec, call(), carried('s1'), carried('s2'), output]
  expect(assistantIn(items)).toEqual([
    use('s1'),
    { type: 'tool_use', id: 'c1', name: 'exec', input: {} },
    use('s2'),
    result('s1'),
    result('s2'),
  ] as never)
  expect(notesOf([user, ...items])).toEqual([])
})

test('a search whose call the client leaves out is next to its results (OE-R21)', () => {
  expect(assistantIn([carried('s1'), user])).toMatchObject([use('s1'), result('s1')])
})

test('a search without its results is dropped with a note (OE-R21)', () => {
  const message = { role: 'assistant', content: 'Found.' }
  for (const item of [call(), call('incomplete')]) {
    expect(conversationOf([user, item, message, user])).toEqual(conversationOf([user, message, user]))
    expect(notesOf([user, item, message, user])).toEqual(['input.1: a web search without its results'])
  }
})

test('a search that never ended does not take the place of another one (OE-R21)', () => {
  const items = [call('incomplete'), exec, call(), carried('s1'), output]
  expect(assistantIn(items)).toMatchObject([{ type: 'tool_use' }, use('s1'), result('s1')])
})

const encoded = (value: object): string => `nxs1.${Buffer.from(JSON.stringify(value)).toString('base64url')}`
const whole = { v: 1, use: use('s1'), result: result('s1') }

test.each([
  ['other text', 'nx1.abc'],
  ['damaged text', encoded(whole).slice(0, -8)],
  ['another version', encoded({ ...whole, v: 2 })],
  ['another tool', encoded({ ...whole, use: { ...use('s1'), name: 'web_fetch' } })],
  ['an input that is not an object', encoded({ ...whole, use: { ...use('s1'), input: 'x' } })],
  ['a block of another kind', encoded({ ...whole, result: { ...result('s1'), type: 'tool_result' } })],
  ['a result of another kind', encoded({ ...whole, result: { ...result('s1'), content: [{ type: 'text' }] } })],
  ['the result of another search', encoded({ ...whole, result: result('s2') })],
])('%s carries no search (OE-R21)', (_, text) => {
  expect(decodeSearch(text)).toBeUndefined()
})
