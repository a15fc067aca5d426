import { contextSuffixOf, withoutContextSuffix } from '../../messages/model-name.ts'
import type { Model, ServedFamily } from '../../models/model.ts'
import { type ModelResolver, nicknames, servedFamily } from '../../models/resolver.ts'

/** Anthropic knows its models: a name goes out as the client sends it, so there is no list here. */

/** What Claude Code assumes for a name that it does not know; only messages for users have these figures. */
const usualWindow = 200_000
const usualOutput = 64_000
const unknownDate = '1970-01-01T00:00:00Z'

/** The models for the name of a family: this program's default models, in Anthropic's spelling. */
const defaults: Readonly<Record<ServedFamily, string>> = {
  opus: 'claude-opus-4-6',
  sonnet: 'claude-sonnet-4-6',
  haiku: 'claude-haiku-4-5',
}

/** The family behind each short name. */
const shortNames: ReadonlyMap<string, ServedFamily> = new Map([
  ...Object.entries(servedFamily),
  ...nicknames,
  ['default', 'sonnet'],
])

/** `claude-opus-4.6` is `claude-opus-4-6`: Anthropic's names have no dots. */
const withHyphens = (name: string): string =>
  name.startsWith('claude-') ? name.replace(/(?<=\d)\.(?=\d)/g, '-') : name

const idOf = (requested: string): string => {
  const name = withoutContextSuffix(requested)
  const family = shortNames.get(name)
  return family === undefined ? withHyphens(name) : defaults[family]
}

/** Resolves names of translated requests; the native lane sends them as they are. `modelMap` applies later (AU-N7). */
export const createAnthropicModels = (modelMap: ReadonlyMap<string, string>): ModelResolver => {
  const resolve: ModelResolver['resolve'] = (requested) => {
    const id = idOf(requested)
    const families = ['opus', 'haiku', 'sonnet'] as const
    const model: Model = {
      id,
      clientName: id,
      family: families.find((family) => id.includes(family)) ?? 'sonnet',
      displayName: id,
      description: "Name at Anthropic's API",
      createdAt: unknownDate,
      maxInputTokens: usualWindow,
      maxOutputTokens: usualOutput,
    }
    return { model, contextSuffix: contextSuffixOf(requested) }
  }
  return {
    models: [],
    spellings: [],
    takesAnyName: true,
    keepsNames: true,
    modelMap,
    spellingsOf: ({ id }) => [id],
    find: resolve,
    resolve,
  }
}
