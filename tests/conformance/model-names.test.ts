import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type Anthropic from '@anthropic-ai/sdk'
import { type ModelFamily, parseModelName } from '../../src/messages/model-name.ts'
import type { ServedFamily } from '../../src/models/model.ts'
import { createModelResolver } from '../../src/models/resolver.ts'
import { capabilitiesOf } from '../../src/translate/capabilities/table.ts'
import { catalogOf, modelOf } from '../support/catalog.ts'

/** The resolver finds every model that the official SDK names, in every spelling. A newer SDK shows what is missing. */

const typesFile = fileURLToPath(import.meta.resolve('@anthropic-ai/sdk/resources/messages/messages')).replace(
  /\.m?js$/,
  '.d.ts',
)
const union = /export type Model = ([^;]+);/.exec(readFileSync(typesFile, 'utf8'))?.[1] ?? ''
const names = [...union.matchAll(/'([^']+)'/g)].map(([, name = '']) => name)

/** The compile error names a line of models that the SDK knows and we do not. */
type NewLine = Exclude<Anthropic.ModelLine, ModelFamily>
const newLine: [NewLine] extends [never] ? 'none' : NewLine = 'none'

const resolver = createModelResolver(
  catalogOf(modelOf('haiku', '1.0'), modelOf('opus', '1.0'), modelOf('sonnet', '1.0')),
  '',
)
const fallbackFamily: Readonly<Record<string, ServedFamily>> = {
  haiku: 'haiku',
  sonnet: 'sonnet',
  opus: 'opus',
  fable: 'opus',
  mythos: 'opus',
}

const spellingsOf = (name: string): string[] => [
  name,
  name.toUpperCase(),
  name.replace(/(\d)-(\d)(?!\d)/, '$1.$2'),
  `${name}[1m]`,
  `${name}-latest`,
  `${name}@20260101`,
  `anthropic.${name}`,
  `anthropic/${name}`,
  ...['us', 'eu', 'apac', 'global', 'us-gov'].map((region) => `${region}.anthropic.${name}-v1:0`),
  `arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.${name}-v1:0`,
  // Some names have a date already.
  ...(/\d{8}/.test(name) ? [] : [`${name}-20260101`, `us.anthropic.${name}-20260101-v1:0[1m]`]),
]

describe('1.1 model: the names of the SDK', () => {
  test('1.1 model: exist in the types, and belong to known lines', () => {
    expect(names).toContain('claude-mythos-preview')
    expect(names.length).toBeGreaterThan(15)
    expect(newLine).toBe('none')
  })

  test.each(names)('1.1 model: %s is found in every spelling', (name) => {
    const line = /haiku|sonnet|opus|fable|mythos/.exec(name)?.[0] ?? ''
    const read = parseModelName(name)
    expect(read?.family).toBe(line as never)
    for (const spelling of spellingsOf(name)) {
      expect([spelling, parseModelName(spelling)]).toEqual([spelling, read as never])
      expect([spelling, resolver.find(spelling)?.model.family]).toEqual([spelling, fallbackFamily[line]])
    }
  })

  test.each(names)('1.6: %s can think, by the table of capabilities', (name) => {
    expect(capabilitiesOf(name).thinking).not.toEqual([])
  })
})
