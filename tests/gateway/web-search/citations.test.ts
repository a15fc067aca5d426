import { describe, expect, test } from 'bun:test'
import { mayCite } from '../../../src/gateway/web-search/citations.ts'
import { toServerToolId } from '../../../src/gateway/web-search/server-tool-ids.ts'
import type { MessagesRequest } from '../../../src/wire/anthropic/request.ts'
import { request } from '../../support/chain.ts'
import { found, historyOf, searchResult, searchUse } from '../../support/search-blocks.ts'
import { assistant, user } from '../../support/translate.ts'

const clientResult = (title: string, enabled = true): object => ({
  type: 'search_result',
  source: 'https://own.example',
  title,
  content: [{ type: 'text', text: 'own' }],
  ...(enabled && { citations: { enabled: true } }),
})
const location = (index: number, cited_text = 'words') => ({
  type: 'search_result_location' as const,
  cited_text,
  search_result_index: index,
  source: 'https://wrong.example',
  title: 'Wrong',
  start_block_index: 0,
  end_block_index: 1,
})

describe('citations', () => {
  const history = historyOf([
    user('Question', clientResult('First')),
    assistant(searchUse('a'), searchResult('a', { results: [found('one'), found('two')] }), 'Answer.'),
    user(clientResult('Second'), 'Next'),
  ])
  history.add([searchUse('b'), searchResult('b', { results: [found('three')] })])
  const web = (id: string, text: string, result: number, cited_text = 'words') => ({
    type: 'web_search_result_location',
    cited_text,
    url: found(text).url,
    title: found(text).title,
    encrypted_index: `nca1_${Buffer.from(JSON.stringify({ use: toServerToolId(id), result, start: 0, end: 1 })).toString('base64url')}`,
  })

  test('name the results of our lists, with their own title and address (WS-27)', () => {
    expect(history.toCitation(location(1))).toEqual(web('a', 'one', 0) as never)
    expect(history.toCitation(location(2))).toEqual(web('a', 'two', 1) as never)
    expect(history.toCitation(location(4))).toEqual(web('b', 'three', 0) as never)
  })

  test("of the client's own results keep the client's index (WS-27)", () => {
    expect(history.toCitation(location(0))).toEqual(location(0))
    expect(history.toCitation(location(3))).toEqual(location(1))
  })

  test('that point to nothing are dropped (WS-27)', () => {
    expect(history.toCitation(location(5))).toBeUndefined()
  })

  test('have at most 150 characters of text, and no half of one (WS-27)', () => {
    const long = `${'a'.repeat(149)}🦊 and more`
    expect(history.toCitation(location(1, long))).toMatchObject({ cited_text: `${'a'.repeat(149)}🦊` })
  })

  test('of documents stay as they are, and all citations without searches (WS-27)', () => {
    const document = {
      type: 'char_location' as const,
      cited_text: 'w',
      document_index: 0,
      document_title: null,
      file_id: null,
      start_char_index: 0,
      end_char_index: 1,
    }
    expect(history.toCitation(document)).toBe(document)
    const own = location(9)
    expect(historyOf([user('Question', clientResult('First'))]).toCitation(own)).toBe(own)
  })

  test('count from the last summary on, as the translation does (WS-27)', () => {
    const summed = historyOf([
      user('Question', clientResult('Gone')),
      assistant(searchUse('a'), searchResult('a', { results: [found('gone')] }), 'Answer.'),
      user('Sum up'),
      assistant({ type: 'compaction', content: 'So far.' }),
      user('Next'),
      assistant(searchUse('b'), searchResult('b', { results: [found('three')] }), 'Answer.'),
      user('Last'),
    ])
    expect(summed.toCitation(location(0))).toEqual(web('b', 'three', 0) as never)
  })

  test('are not requested where a model would refuse them (WS-27)', () => {
    const sent = (members: object): boolean => mayCite(request(members) as MessagesRequest)
    expect(sent({})).toBe(true)
    expect(sent({ messages: [user(clientResult('cited'))] })).toBe(true)
    expect(sent({ messages: [user(clientResult('plain', false))] })).toBe(false)
    expect(sent({ output_config: { format: { type: 'json_schema', schema: {} } } })).toBe(false)
  })
})
