import { describe, expect, test } from 'bun:test'
import { findSearchTool, withoutForcedChoice, withPlainTool } from '../../../src/gateway/web-search/request.ts'
import type { MessagesRequest } from '../../../src/wire/anthropic/request.ts'
import { request } from '../../support/chain.ts'
import { notesOf } from '../../support/search-blocks.ts'
import { refusalMessage, tool, translate } from '../../support/translate.ts'

const search = (more: object = {}): object => ({ type: 'web_search_20250305', name: 'web_search', ...more })
const withTools = (...tools: object[]): MessagesRequest => request({ tools }) as MessagesRequest
const refusal = (...tools: object[]): string => refusalMessage(() => findSearchTool(withTools(...tools)))

describe('the search tool of a request', () => {
  test('each version of web search is taken, also a later one with the same fields (WS-5)', () => {
    const fields = {
      max_uses: 8,
      allowed_domains: ['a.example', 'b.example/docs/*'],
      user_location: { type: 'approximate', city: 'Bonn', region: null, country: 'DE', timezone: 'Europe/Berlin' },
      allowed_callers: ['direct'],
    }
    for (const date of ['20250305', '20260209', '20260318', '20281231']) {
      expect(findSearchTool(withTools(tool('Bash'), search({ type: `web_search_${date}`, ...fields })))).toEqual({
        index: 1,
        maxUses: 8,
        allowedDomains: ['a.example', 'b.example/docs/*'],
        blockedDomains: [],
        location: { city: 'Bonn', country: 'DE', timezone: 'Europe/Berlin' },
        excludesText: false,
      })
    }
    const excluded = search({
      type: 'web_search_20260318',
      response_inclusion: 'excluded',
      blocked_domains: ['x.example'],
    })
    expect(findSearchTool(withTools(excluded))).toMatchObject({ excludesText: true, blockedDomains: ['x.example'] })
    const empty = { max_uses: null, allowed_domains: [], blocked_domains: null, user_location: null }
    expect(findSearchTool(withTools(search(empty)))).toMatchObject({ maxUses: undefined, location: undefined })
  })

  test('a tool that the model may not call itself, one of an unknown form, and other tools are left alone (WS-5, WS-7)', () => {
    const others = [
      search({ allowed_callers: ['code_execution_20260120'] }),
      search({ type: 'web_search_20281231', safe_search: true }),
      search({ type: 'web_search_20240101' }),
      search({ type: 'web_search' }),
      { type: 'web_fetch_20250910', name: 'web_fetch' },
      { type: 'code_execution_20250825', name: 'code_execution' },
      tool('web_search'),
    ]
    for (const other of others) expect(findSearchTool(withTools(other))).toBeUndefined()
    expect(findSearchTool(request() as MessagesRequest)).toBeUndefined()
    const forced = { tools: [others[0]], tool_choice: { type: 'tool', name: 'web_search' } }
    expect(refusalMessage(() => translate(forced))).toBe('web search is not available on this endpoint')
  })

  test('an invalid tool is refused with its path (WS-6)', () => {
    const at = (member: object): string => refusal(tool('Bash'), search(member))
    expect(at({ allowed_domains: ['a.example'], blocked_domains: ['b.example'] })).toBe(
      'tools.1: Only one of `allowed_domains` and `blocked_domains` can be set',
    )
    const invalid = ['https://a.example', 'a.example b.example', 'a.example\n', '', '/docs', '*.a.example']
    // A blocked domain of this form would block nothing.
    const unread = ['a.example:443', 'user@a.example', 'a.example?x', 'a.example#x', '%61.example', '[::1]', '.']
    for (const domain of [...invalid, ...unread]) {
      for (const list of ['allowed_domains', 'blocked_domains']) {
        expect(at({ [list]: ['fine.example', domain] })).toStartWith(`tools.1.${list}.1: Domains have no scheme`)
      }
    }
    expect(at({ allowed_domains: [7] })).toBe('tools.1.allowed_domains.0: Input should be a valid string')
    expect(at({ allowed_domains: 'a.example' })).toBe('tools.1.allowed_domains: Input should be a valid list')
    expect(at({ blocked_domains: Array(101).fill('a.example') })).toBe(
      'tools.1.blocked_domains: List should have at most 100 items',
    )
    expect(at({ max_uses: 0 })).toBe('tools.1.max_uses: Input should be greater than or equal to 1')
    expect(at({ max_uses: 1.5 })).toBe('tools.1.max_uses: Input should be a valid integer')
    expect(at({ max_uses: '3' })).toBe('tools.1.max_uses: Input should be a valid integer')
    expect(at({ user_location: { type: 'exact' } })).toBe("tools.1.user_location.type: Input should be 'approximate'")
    expect(at({ user_location: { city: 'Bonn' } })).toBe("tools.1.user_location.type: Input should be 'approximate'")
    expect(at({ user_location: 'Bonn' })).toBe('tools.1.user_location: Input should be a valid dictionary')
    expect(at({ user_location: { type: 'approximate', country: 49 } })).toBe(
      'tools.1.user_location.country: Input should be a valid string',
    )
    expect(at({ response_inclusion: 'some' })).toBe("tools.1.response_inclusion: Input should be 'full' or 'excluded'")
    expect(at({ name: 'search' })).toBe("tools.1.name: Input should be 'web_search'")
  })

  test('two tools named web_search are refused, also if one is not a search tool (WS-6)', () => {
    const refused = 'tools: Tool names must be unique.'
    expect(refusal(search(), search({ type: 'web_search_20260209' }))).toBe(refused)
    expect(refusal(tool('web_search'), search())).toBe(refused)
    expect(refusal(search(), search({ allowed_callers: ['code_execution_20260120'] }))).toBe(refused)
  })
})

describe('the plain tool', () => {
  const plainOf = (sent: MessagesRequest): MessagesRequest => {
    const found = findSearchTool(sent)
    if (found === undefined) throw new Error('no search tool')
    return withPlainTool(sent, found)
  }

  test('has the place of the search tool, with its marker and its loading (WS-10)', () => {
    const control = { type: 'ephemeral', ttl: '1h' }
    const sent = withTools(
      tool('First'),
      search({ cache_control: control, defer_loading: true, max_uses: 3, allowed_callers: ['direct'] }),
      tool('Last'),
    )
    const before = structuredClone(sent)
    const { tools } = plainOf(sent)
    expect(tools?.map(({ name }) => name)).toEqual(['First', 'web_search', 'Last'])
    expect(tools?.[1]).toEqual({
      name: 'web_search',
      description: expect.stringMatching(/^Searches the web\./),
      input_schema: expect.objectContaining({ required: ['query'], properties: { query: expect.anything() } }),
      cache_control: control,
      defer_loading: true,
    } as never)
    expect(sent).toEqual(before)
  })

  test('a deferred tool is hidden until a reference names it, and can be forced (WS-10)', () => {
    const namesFor = (more: object): unknown[] | undefined =>
      translate(
        plainOf({ ...withTools(tool('Bash'), search({ defer_loading: true })), ...more }),
      ).body.toolConfig?.tools.map((one) => ('toolSpec' in one ? one.toolSpec.name : undefined))
    expect(namesFor({})).toEqual(['Bash'])
    expect(namesFor({ tool_choice: { type: 'tool', name: 'web_search' } })).toEqual(['Bash', 'web_search'])
  })

  test('members without a meaning here reach the translation, which notes them (WS-10)', () => {
    const sent = withTools(search({ strange: 1, allowed_callers: ['direct', 'code_execution_20260120'] }))
    expect(notesOf(translate(plainOf(sent)))).toEqual([
      'debug tools.0.strange: not supported by the upstream',
      'debug tools.0.allowed_callers: not known to Converse',
    ])
    expect(notesOf(translate(plainOf(withTools(search({ allowed_callers: ['direct'] })))))).toEqual([])
  })

  test('a forced choice holds for the first call alone (WS-11)', () => {
    const after = (tool_choice: object): unknown =>
      withoutForcedChoice(request({ tools: [search()], tool_choice }) as MessagesRequest).tool_choice
    expect(after({ type: 'tool', name: 'web_search' })).toEqual({ type: 'auto' })
    expect(after({ type: 'any', disable_parallel_tool_use: true })).toEqual({
      type: 'auto',
      disable_parallel_tool_use: true,
    })
    for (const choice of [{ type: 'auto' }, { type: 'none' }]) expect(after(choice)).toEqual(choice)
    const without = request() as MessagesRequest
    expect(withoutForcedChoice(without)).toBe(without)
  })
})
