import { withoutContextSuffix } from '../../messages/model-name.ts'

/** Maps a client's model name to a model of the server (OU-R1, R2). */

/** The server's models by size. A model is absent if it is not configured and the provider has no default. */
export interface SizedModels {
  readonly big: string | undefined
  readonly middle: string | undefined
  readonly small: string | undefined
  readonly vision: string | undefined
}

export interface ModelNames extends SizedModels {
  /** Exact model names of clients, and the server's model for each. */
  readonly modelMap: ReadonlyMap<string, string>
}

/** Names of other models than Claude: a client that uses them knows the server. */
const foreignName = /^(?:gpt-|o1-|ep-|doubao-|deepseek-)/

/** The first family in this list that a name contains decides. */
const families = [
  ['haiku', 'small'],
  ['sonnet', 'middle'],
  ['opus', 'big'],
] as const

/** All model names of the configuration. */
export const configuredModels = ({ modelMap, big, middle, small, vision }: ModelNames): readonly string[] => [
  ...new Set([big, middle, small, vision, ...modelMap.values()].filter((name) => name !== undefined)),
]

/** Whether the exact map has the name. It comes before every other rule. */
export const isMappedExactly = (requested: string, { modelMap }: ModelNames): boolean =>
  modelMap.has(withoutContextSuffix(requested.trim()))

/**
 * Uses the exact map first, then names that stay unchanged, then the family in the name, then the big model. Without a
 * big model, a name stays unchanged. The big model replaces an absent middle or small model.
 */
export const mapModel = (requested: string, names: ModelNames): string => {
  const name = withoutContextSuffix(requested.trim())
  const exact = names.modelMap.get(name)
  if (exact !== undefined) return exact
  if (foreignName.test(name) || configuredModels(names).includes(name)) return name
  const lower = name.toLowerCase()
  const size = families.find(([family]) => lower.includes(family))?.[1] ?? 'big'
  return names[size] ?? names.big ?? name
}
