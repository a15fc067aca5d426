import { describe, expect, test } from 'bun:test'
import { estimateTokens, toCount } from '../../../src/tokens/estimate/estimate.ts'
import { imageTokens } from '../../../src/tokens/estimate/media.ts'
import { textTokens } from '../../../src/tokens/estimate/text.ts'
import { tokenizers } from '../../../src/tokens/estimate/tokenizer.ts'
import { capabilitiesOf } from '../../../src/translate/capabilities/table.ts'
import type { CountTokensRequest } from '../../../src/wire/anthropic/request.ts'
import { assistant, image, png, tool, toolResult, toolUse, user } from '../../support/translate.ts'

const count = (members: object): number =>
  toCount(
    estimateTokens(
      { model: 'claude-sonnet-4-6', messages: [user('foo')], ...members } as CountTokensRequest,
      'claude-sonnet-4.6',
    ),
  )

const first = tokenizers['claude-3']

describe('the sum', () => {
  test('1.9 sum: every part counts', () => {
    const base = count({})
    for (const members of [
      { system: [{ type: 'text', text: 'words' }] },
      { messages: [user('foo', 'bar')] },
      { messages: [user('foo', image())] },
      {
        messages: [
          user('foo'),
          assistant(toolUse('t', 'Bash', { command: 'ls' })),
          user(toolResult('t', [{ type: 'text', text: 'files' }])),
        ],
      },
      {
        messages: [
          user('foo', { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'words' } }),
        ],
      },
      { messages: [user('foo', { type: 'search_result', source: 's', title: 't', content: [] })] },
      { tools: [tool('Bash')] },
    ]) {
      expect(count(members)).toBeGreaterThan(base)
    }
  })

  test('deferred tools without a reference are not sent to the model, and do not count', () => {
    expect(count({ tools: [tool('Bash'), tool('Late', { defer_loading: true })] })).toBe(
      count({ tools: [tool('Bash')] }),
    )
  })
})

describe('1.9 blocks', () => {
  const cost = (...content: object[]): number => count({ messages: [user('foo', ...content)] }) - count({})
  const sealed = 'q83vASNFZ4mrze8BI0VniavN7w'.repeat(400)

  test('1.9 parts that only Anthropic can read do not count as text', () => {
    for (const block of [
      { type: 'thinking', thinking: 'Well.', signature: sealed },
      { type: 'redacted_thinking', data: sealed },
      { type: 'compaction', content: 'What was said.', encrypted_content: sealed },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png + sealed } },
      {
        type: 'web_search_tool_result',
        tool_use_id: 't',
        content: [{ type: 'web_search_result', url: 'https://a.example/b', title: 'B', encrypted_content: sealed }],
      },
      { type: 'text', text: 'Cited.', citations: [{ type: 'web_search_result_location', encrypted_index: sealed }] },
      {
        type: 'code_execution_tool_result',
        tool_use_id: 't',
        content: { type: 'encrypted_code_execution_result', encrypted_stdout: sealed, return_code: 0 },
      },
    ]) {
      expect(cost(block)).toBeGreaterThan(0)
      expect(cost(block)).toBeLessThan(60)
    }
  })

  test('1.9 text of blocks without a schema counts', () => {
    const words = 'The harbour was quiet when the ferry came in. '.repeat(50)
    const plain = cost({ type: 'text', text: words })
    for (const block of [
      { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: words } },
      { type: 'mcp_tool_use', id: 'm', name: 'look', server_name: 'docs', input: { where: words } },
      { type: 'mcp_tool_result', tool_use_id: 'm', is_error: false, content: [{ type: 'text', text: words }] },
      { type: 'compaction', content: words },
      { type: 'search_result', source: 's', title: 't', content: [{ type: 'text', text: words }] },
      {
        type: 'web_fetch_tool_result',
        tool_use_id: 's',
        content: {
          type: 'web_fetch_result',
          url: 'https://a.example',
          content: { type: 'document', source: { type: 'text', media_type: 'text/plain', data: words } },
        },
      },
    ]) {
      expect(cost(block)).toBeGreaterThanOrEqual(plain)
      expect(cost(block)).toBeLessThan(plain * 1.15)
    }
  })

  test('1.9 tools whose schema Anthropic defines cost what we send for them, computer use its price', () => {
    const typed = (type: string): number =>
      count({ tools: [tool('Bash'), { type, name: 'x' }] }) - count({ tools: [tool('Bash')] })
    expect(typed('bash_20250124')).toBeGreaterThan(60)
    expect(typed('text_editor_20250728')).toBeGreaterThan(typed('bash_20250124'))
    expect(typed('computer_20250124')).toBeCloseTo(758, -1)
    expect(typed('somebody_elses_20270101')).toBeGreaterThan(0)
  })

  test('1.9 thinking costs the same at any position', () => {
    const thought = { type: 'thinking', thinking: 'Let me see what is in there first.', signature: 's' }
    const turns = [user('foo'), assistant({ type: 'text', text: 'bar' }), user('baz')]
    const early = [user('foo'), assistant(thought, { type: 'text', text: 'bar' }), user('baz')]
    const late = [...turns, assistant(thought, { type: 'text', text: 'bar' })]
    const without = [...turns, assistant({ type: 'text', text: 'bar' })]
    const first = count({ messages: early }) - count({ messages: turns })
    expect(Math.abs(first - (count({ messages: late }) - count({ messages: without })))).toBeLessThanOrEqual(1)
    expect(first).toBeGreaterThan(8)
  })
})

describe('1.9 the second tokenizer', () => {
  const ratio = (text: string): number => textTokens(text, tokenizers['claude-4.7']) / textTokens(text, first)

  test('1.9 the table of models says which one a model has', () => {
    expect(
      ['claude-haiku-4.5', 'claude-opus-4.6', 'claude-sonnet-4.6'].map((id) => capabilitiesOf(id).tokenizer),
    ).toEqual(['claude-3', 'claude-3', 'claude-3'])
    expect(
      [
        'claude-opus-4.7',
        'claude-opus-5',
        'claude-sonnet-5',
        'claude-haiku-5',
        'claude-fable-5',
        'claude-opus-5.5',
      ].map((id) => capabilitiesOf(id).tokenizer),
    ).toEqual(new Array(6).fill('claude-4.7'))
  })

  test.each([
    ['prose', 'Nobody had expected the weather to turn so quickly, but the captain had seen it before.', 1.45],
    ['German', 'Niemand hatte erwartet, dass das Wetter so schnell umschlägt, nur der Kapitän kannte das schon.', 1.45],
    ['code', 'export const rest = (items: readonly number[], from = 1): number[] => items.slice(from)\n', 1.3],
    ['JSON', '{"id":917,"name":"worker","status":"idle","tags":["alpha","beta"],"nested":{"ok":true}}', 1.31],
    ['Russian', 'Никто не ожидал, что погода так быстро изменится.', 1],
    ['Japanese', '天気がこんなに早く変わるとは誰も思わなかった。', 1],
  ])('1.9 %s costs more by the published share', (_, text, expected) => {
    expect(Math.abs(ratio(text) / expected - 1)).toBeLessThan(0.12)
  })
})

describe('texts', () => {
  test.each([
    ['English', 'The quick brown fox jumps over the lazy dog, and then it does so again.', 16],
    ['German', 'Die Übersetzung muss treu sein: Was gesagt wurde, darf nicht verloren gehen.', 21],
    ['Chinese', '两个接口之间的翻译必须忠实。', 17],
    ['code', 'export const add = (left: number, right: number): number => left + right\n', 20],
    ['JSON', '{"name":"value","list":[1,2,3],"deep":{"flag":true}}', 24],
  ])('1.9 %s is near', (_, text, expected) => {
    expect(Math.abs(textTokens(text, first) - expected) / expected).toBeLessThan(0.35)
  })

  test('1.9 bias: a count is two in a hundred above the estimate, and never below it', () => {
    const parts = [{ text: 900, thinking: 100, media: 500 }]
    expect(toCount({ parts })).toBe(1530)
    expect(toCount({ parts }, 1.5)).toBe(2040)
  })

  test('nothing is nothing', () => {
    expect(textTokens('', first)).toBe(0)
  })
})

describe('media', () => {
  const header = (bytes: number[]): string => Buffer.from([...bytes, ...new Array(40).fill(0)]).toString('base64')
  const be16 = (value: number): number[] => [value >> 8, value & 255]

  test('1.9 media: an image costs its pixels, at most 1600', () => {
    expect(imageTokens(png, first)).toBe(1)
    const gif = header([...Buffer.from('GIF89a'), 0x90, 0x01, 0x2c, 0x01])
    expect(imageTokens(gif, first)).toBe(160)
    const jpeg = header([
      0xff,
      0xd8,
      0xff,
      0xe0,
      ...be16(16),
      ...new Array(14).fill(0),
      0xff,
      0xc0,
      ...be16(17),
      8,
      ...be16(750),
      ...be16(1000),
    ])
    expect(imageTokens(jpeg, first)).toBe(1000)
    const vp8x = header([
      ...Buffer.from('RIFF'),
      0,
      0,
      0,
      0,
      ...Buffer.from('WEBPVP8X'),
      10,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0xf3,
      0x01,
      0,
      0x2b,
      0x01,
      0,
    ])
    expect(imageTokens(vp8x, first)).toBe(200)
    expect(imageTokens(header([...Buffer.from('GIF89a'), 0xff, 0xff, 0xff, 0xff]), first)).toBe(1600)
    expect(imageTokens('', first)).toBe(1600)
  })
})
