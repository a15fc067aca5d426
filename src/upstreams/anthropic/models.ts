import { contextSuffixOf } from '../../messages/model-name.ts'
import type { Model } from '../../models/model.ts'
import { type ModelResolver, nicknames, servedFamily } from '../../models/resolver.ts'

/** Anthropic knows its models: each name goes out as the client sends it, so there is no list here. */

/** What Claude Code assumes for a name that it knows; only messages for people use these figures. */
const usualWindow = 200_000
const usualOutput = 64_000
const unknownDate = '1970-01-01T00:00:00Z'

/** Anthropic's own names for its newest model of each family. */
const newest = { opus: 'claude-opus-4-6', sonnet: 'claude-sonnet-4-6', haiku: 'claude-haiku-4-5' } as const

const familyOf = (name: string): keyof typeof newest | undefined =>
  name === 'default' ? 'sonnet' : (servedFamily[name as keyof typeof servedFamily] ?? nicknames.get(name))

export const createAnthropicModels = (): ModelResolver => {
  const resolve: ModelResolver['resolve'] = (requested) => {
    const family = familyOf(requested)
    const id = family === undefined ? requested : newest[family]
    const model: Model = {
      id,
      clientName: id,
      family: family ?? 'sonnet',
      displayName: id,
      description: 'Name on the server',
      createdAt: unknownDate,
      maxInputTokens: usualWindow,
      maxOutputTokens: usualOutput,
    }
    return { model, contextSuffix: contextSuffixOf(requested) }
  }
  return { models: [], spellings: [], takesAnyName: true, spellingsOf: ({ id }) => [id], find: resolve, resolve }
}
