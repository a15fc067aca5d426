import { describe, expect, test } from 'bun:test'
import { openAiFixture, openAiFixtureNames } from './support/openai-fixtures.ts'

/** The pairs in which a client sends its second request after a tool has run. */
const clients = ['codex', 'codex-catalog', 'codex-gpt-6', 'codex-tools', 'opencode', 'opencode-responses']

const others = [
  'codex-after-compaction',
  'codex-compaction',
  'cursor-mixture',
  'cursor-responses-body',
  'litellm-history',
  'opencode-responses-title',
  'opencode-title',
  'openrouter-history',
]

/** A longer text is the client's own prompt. */
const longestText = 160

const stringsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : []
}

/** Messages or items without cache markers, which move. */
const turnsOf = (name: string): unknown[] => {
  const { body } = openAiFixture(name)
  return JSON.parse(JSON.stringify(body['messages'] ?? body['input']), (key, value: unknown) =>
    key === 'cache_control' ? undefined : value,
  ) as unknown[]
}

describe('the recorded requests of OpenAI clients (OE-P6)', () => {
  test('each client has its first and its second request', () => {
    expect([...openAiFixtureNames]).toEqual(
      [...clients.flatMap((name) => [`${name}-first`, `${name}-second`]), ...others].sort(),
    )
  })

  test.each([...openAiFixtureNames])('%s has short texts of our own', (name) => {
    expect(stringsIn(openAiFixture(name)).filter(({ length }) => length > longestText)).toEqual([])
  })

  test.each(clients)('the second request of %s begins with the first', (name) => {
    const first = turnsOf(`${name}-first`)
    const second = turnsOf(`${name}-second`)
    expect(second.slice(0, first.length)).toEqual(first)
    expect(second.length).toBeGreaterThan(first.length)
    expect(openAiFixture(`${name}-second`).body['tools']).toEqual(openAiFixture(`${name}-first`).body['tools'])
  })
})
