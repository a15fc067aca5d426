import { withoutContextSuffix } from '../../messages/model-name.ts'

/** Which model of the server answers for a client's name (OU-R1, R2). */

/** The server's models by size. An absent one is neither configured nor a default of the provider. */
export interface SizedModels {
  readonly big: string | undefined
  readonly middle: string | undefined
  readonly small: string | undefined
  readonly vision: string | undefined
}

export interface ModelNames extends SizedModels {
  /** Exact names of clients, and the model that each one becomes. */
  readonly modelMap: ReadonlyMap<string, string>
}

/** Names of models, and not of Claude: clients that use them know the server. */
const foreignName = /^(?:gpt-|o1-|ep-|doubao-|deepseek-)/

/** The first family that a name contains counts. */
const families = [
  ['haiku', 'small'],
  ['sonnet', 'middle'],
  ['opus', 'big'],
] as const

/** The names that the configuration itself gives to models. */
export const configuredModels = ({ modelMap, big, middle, small, vision }: ModelNames): readonly string[] => [
  ...new Set([big, middle, small, vision, ...modelMap.values()].filter((name) => name !== undefined)),
]

/**
 * The exact map first, then names that stay as they are, then the family in the name, then the big model. Without a
 * big model, a name stays as it is. A middle or small model that is absent is the big one.
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
