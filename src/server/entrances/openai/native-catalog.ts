import { isObject, type Json } from '../../../base/json.ts'
import { type CatalogModel, modelSpellings, toCatalog } from './catalog.ts'

/** Codex's catalog, made from Anthropic's list of models (OE-M2). */

/** Tokens; Anthropic's usual window, for an entry without one. */
const usualWindow = 200_000

const member = (value: unknown, name: string): unknown => (isObject(value) ? value[name] : undefined)

/** Levels that the entry calls supported, in its own order: the lowest first. */
const effortsOf = (capabilities: unknown): readonly string[] => {
  const effort = member(capabilities, 'effort')
  if (!isObject(effort)) return ['low', 'medium', 'high']
  const levels = Object.keys(effort).filter((level) => member(effort[level], 'supported') === true)
  if (levels.length > 0) return levels
  // Such a model gets a budget of thinking from the effort.
  return member(member(capabilities, 'thinking'), 'supported') === false ? [] : ['low', 'medium', 'high']
}

const textOf = (value: unknown, fallback: string): string => (typeof value === 'string' ? value : fallback)

const toCatalogModels = (entry: Json): CatalogModel[] => {
  const id = textOf(entry['id'], '')
  const displayName = textOf(entry['display_name'], id)
  const window = entry['max_input_tokens']
  return modelSpellings(id).map((slug) => ({
    slug,
    displayName,
    description: textOf(entry['description'], displayName),
    contextWindow: typeof window === 'number' ? window : usualWindow,
    efforts: effortsOf(entry['capabilities']),
    readsImages: member(member(entry['capabilities'], 'image_input'), 'supported') !== false,
  }))
}

/** Each name once: an alias may have the spelling of a model. */
export const toNativeCatalog = (entries: readonly Json[]) => {
  const bySlug = new Map(
    entries
      .flatMap(toCatalogModels)
      .toReversed()
      .map((model) => [model.slug, model]),
  )
  return toCatalog([...bySlug.values()].toReversed())
}
