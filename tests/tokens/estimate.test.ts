import { describe, expect, test } from 'bun:test'
import { estimateTokens } from '../../src/tokens/estimate.ts'
import { imageTokens, pdfTokens } from '../../src/tokens/media.ts'
import { textTokens } from '../../src/tokens/text.ts'
import type { CountTokensRequest } from '../../src/wire/anthropic/request.ts'
import { assistant, image, png, tool, toolResult, toolUse, user } from '../support/translate.ts'

const count = (members: object): number =>
  estimateTokens({ model: 'claude-sonnet-4-6', messages: [user('foo')], ...members } as CountTokensRequest)

/** Examples that Anthropic's documentation publishes with their counts. */
describe("Anthropic's published counts", () => {
  test('a greeting with a system prompt: 14', () => {
    const tokens = count({ system: 'You are a scientist', messages: [user('Hello, Claude')] })
    expect(tokens).toBeGreaterThanOrEqual(13)
    expect(tokens).toBeLessThanOrEqual(20)
  })

  test('one tool and a question: 403', () => {
    const weather = {
      name: 'get_weather',
      description: 'Get the current weather in a given location',
      input_schema: {
        type: 'object',
        properties: { location: { type: 'string', description: 'The city and state, e.g. San Francisco, CA' } },
        required: ['location'],
      },
    }
    const tokens = count({ tools: [weather], messages: [user("What's the weather like in San Francisco?")] })
    expect(Math.abs(tokens - 403) / 403).toBeLessThan(0.15)
  })
})

describe('the sum', () => {
  test('what a part adds does not depend on the others', () => {
    const bash = tool('Bash')
    const alone = count({ tools: [bash] }) - count({})
    const among = count({ tools: [bash], system: 'x'.repeat(500) }) - count({ system: 'x'.repeat(500) })
    expect(Math.abs(alone - among)).toBeLessThanOrEqual(1)
    const second = count({ tools: [bash, tool('Edit')] }) - count({ tools: [bash] })
    const secondAmong = count({ tools: [bash, tool('Edit')], system: 'y' }) - count({ tools: [bash], system: 'y' })
    expect(Math.abs(second - secondAmong)).toBeLessThanOrEqual(1)
  })

  test('every part counts', () => {
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

  test('deferred tools that nothing refers to are not shown to the model, and do not count', () => {
    expect(count({ tools: [tool('Bash'), tool('Late', { defer_loading: true })] })).toBe(
      count({ tools: [tool('Bash')] }),
    )
  })
})

describe('texts', () => {
  test.each([
    ['English', 'The quick brown fox jumps over the lazy dog, and then it does so again.', 16],
    ['German', 'Die Übersetzung muss treu sein: Was gesagt wurde, darf nicht verloren gehen.', 21],
    ['Chinese', '两个接口之间的翻译必须忠实。', 17],
    ['code', 'export const add = (left: number, right: number): number => left + right\n', 20],
    ['JSON', '{"name":"value","list":[1,2,3],"deep":{"flag":true}}', 24],
  ])('%s is near', (_, text, expected) => {
    expect(Math.abs(textTokens(text) - expected) / expected).toBeLessThan(0.35)
  })

  test('nothing is nothing', () => {
    expect(textTokens('')).toBe(0)
  })
})

describe('media', () => {
  const header = (bytes: number[]): string => Buffer.from([...bytes, ...new Array(40).fill(0)]).toString('base64')
  const be16 = (value: number): number[] => [value >> 8, value & 255]

  test('a picture costs its pixels, at most 1600', () => {
    expect(imageTokens(png)).toBe(1)
    const gif = header([...Buffer.from('GIF89a'), 0x90, 0x01, 0x2c, 0x01])
    expect(imageTokens(gif)).toBe(160)
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
    expect(imageTokens(jpeg)).toBe(1000)
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
    expect(imageTokens(vp8x)).toBe(200)
    expect(imageTokens(header([...Buffer.from('GIF89a'), 0xff, 0xff, 0xff, 0xff]))).toBe(1600)
    expect(imageTokens('')).toBe(1600)
  })

  test('a PDF costs its pages, never its base64', () => {
    const pdf = (text: string): number => pdfTokens(Buffer.from(text).toString('base64'))
    expect(pdf('%PDF-1.4 /Type /Page x /Type/Page y /Type /Pages')).toBe(2 * 2300)
    expect(pdf('%PDF-1.7 /Type /Pages /Count 12')).toBe(12 * 2300)
    expect(pdf('%PDF-1.7 nothing to see')).toBe(2300)
  })
})
