import { contextSuffixOf, parseModelName, withoutContextSuffix } from '../../messages/model-name.ts'
import type { Model, ServedFamily } from '../../models/model.ts'
import { type ModelResolver, nicknames, servedFamily } from '../../models/resolver.ts'
import { configuredModels, type ModelNames, mapModel } from './model-map.ts'

/** For these names, Claude Code knows windows and limits, and keeps thinking in its history (OU-R16). */
const clientNames: Readonly<Record<ServedFamily, string>> = {
  opus: 'claude-opus-4-6',
  sonnet: 'claude-sonnet-4-6',
  haiku: 'claude-haiku-4-5',
}
const servedFamilies = Object.keys(clientNames) as ServedFamily[]

/** The window in tokens that Claude Code assumes for these names; a configured context limit wins. */
const usualWindow = 200_000
const usualOutput = 64_000
/** Anthropic's value for a model whose release date is not known. */
const unknownDate = '1970-01-01T00:00:00Z'

export interface ModelListOptions {
  readonly names: ModelNames
  /** Tokens, by the server's id of the model. */
  readonly contextLimits: ReadonlyMap<string, number>
  readonly maximumOutput: number | undefined
}

/** A name of the exact map, if Claude Code's own name would not be mapped; otherwise Claude Code's own. */
const clientNameOfFamily = (family: ServedFamily, names: ModelNames): string => {
  const own = clientNames[family]
  if (mapModel(own, names) !== own) return own
  return [...names.modelMap.keys()].find((name) => name.toLowerCase().includes(family)) ?? own
}

const familyOf = (name: string): ServedFamily | undefined => {
  const family = parseModelName(name)?.family
  return family === undefined ? nicknames.get(name.toLowerCase()) : servedFamily[family]
}

/** Short names (`opus`, `best`, `default`): Claude Code uses them for its model of the family. */
const shortFamily = (name: string): ServedFamily | undefined => {
  if (name === 'default') return 'sonnet'
  const parsed = parseModelName(name)
  return name in servedFamily || parsed === undefined ? familyOf(name) : undefined
}

/** Maps every name to a model of the server (OU-R1); the server itself refuses unknown models. */
export const createOpenAiModels = ({ names, contextLimits, maximumOutput }: ModelListOptions): ModelResolver => {
  const toModel = (clientName: string, id: string): Model => ({
    id,
    clientName,
    family: familyOf(clientName) ?? 'opus',
    displayName: id,
    description: clientName === id ? 'Name on the server' : `${clientName} for clients`,
    createdAt: unknownDate,
    maxInputTokens: contextLimits.get(id) ?? usualWindow,
    isWindowLimited: contextLimits.has(id),
    maxOutputTokens: maximumOutput ?? usualOutput,
  })
  const ofClient = (name: string): Model => toModel(name, mapModel(name, names))
  const byFamily = new Map(servedFamilies.map((family) => [family, ofClient(clientNameOfFamily(family, names))]))
  const mapped = [...byFamily.values(), ...[...names.modelMap.keys()].map(ofClient)]
  const listed = [
    ...mapped.filter(({ id, clientName }) => id !== clientName),
    ...configuredModels(names).map((id) => toModel(id, id)),
  ]
  const byName = new Map(listed.toReversed().map((model) => [model.clientName, model]))
  const models = [...byName.values()].toReversed()

  const findModel = (requested: string): Model => {
    const name = withoutContextSuffix(requested.trim())
    const known = byName.get(name)
    if (known !== undefined) return known
    const short = shortFamily(name)
    const ofFamily = byFamily.get(short ?? familyOf(name) ?? 'opus')
    const model = ofClient(name)
    return ofFamily !== undefined && (short !== undefined || ofFamily.id === model.id) ? ofFamily : model
  }
  const resolve: ModelResolver['resolve'] = (requested) => ({
    model: findModel(requested),
    contextSuffix: contextSuffixOf(requested),
  })

  return {
    models,
    spellings: models.map(({ clientName = '' }) => clientName),
    takesAnyName: true,
    modelMap: names.modelMap,
    spellingsOf: (model) => {
      const short = [...servedFamilies, ...nicknames.keys(), 'default'].filter((name) => findModel(name) === model)
      return [model.clientName ?? model.id, ...short]
    },
    find: resolve,
    resolve,
  }
}
