import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { isObject, type Json } from '../../src/base/json.ts'
import { conversations } from '../../tests/support/conversations.ts'

/** Valid requests to mutate: those of the fixtures, and random conversations. */

/** Placeholder of the canary, a word that no log may contain. */
export const canaryMark = '%canary%'

const spoken = new Set(['text', 'title', 'context', 'description', 'query'])

/** Adds the canary to all texts of users. Replaces URLs, so that no other host gets a request. */
const marked = (value: unknown, key = ''): unknown => {
  if (Array.isArray(value)) return value.map((inner) => marked(inner))
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, marked(inner, name)]))
  if (typeof value !== 'string') return value
  if (value.startsWith('https:')) return 'https://127.0.0.1/'
  return spoken.has(key) || (key === 'content' && value !== '') ? `${canaryMark}${value}` : value
}

const fixtures = join(import.meta.dir, '..', '..', 'tests', 'fixtures', 'requests')
const randomConversations = 200

const models = ['claude-sonnet-4-6', 'claude-opus-4-6', 'claude-haiku-4-5', 'default']

/** The same for the same seed. */
export const readCorpus = (seed: number): Json[] => {
  const recorded = readdirSync(fixtures)
    .sort()
    .map((name) => JSON.parse(readFileSync(join(fixtures, name, 'request.json'), 'utf8')) as Json)
  const made = fc
    .sample(conversations, { seed, numRuns: randomConversations })
    .map(({ system, messages, more }, index) =>
      JSON.parse(JSON.stringify({ model: models[index % models.length], max_tokens: 4000, system, messages, ...more })),
    )
  // Several copies of each recorded request: they are few, but typical.
  return [...recorded, ...recorded, ...recorded, ...made].map((request) => marked(request) as Json)
}
