import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { isObject, type Json } from '../../src/base/json.ts'
import { conversations } from '../../tests/support/conversations.ts'

/** Lawful requests to begin with: those of the fixtures, and random conversations. */

/** Stands for the word that no log may hold. */
export const canaryMark = '%canary%'

const spoken = new Set(['text', 'title', 'context', 'description', 'query'])

/** Puts the canary into whatever people say. Hosts are none that anybody could ask for. */
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
  // Each recorded one several times: they are few, and like what clients send.
  return [...recorded, ...recorded, ...recorded, ...made].map((request) => marked(request) as Json)
}
