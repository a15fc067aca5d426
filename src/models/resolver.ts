import { GatewayError } from '../base/errors.ts'
import {
  canonicalSpelling,
  compareVersions,
  contextSuffixOf,
  type ModelFamily,
  type ModelName,
  parseModelName,
  withoutContextSuffix,
} from '../messages/model-name.ts'
import type { Model, ModelCatalog, ServedFamily } from './model.ts'

/** `claude-sonnet-4-6`: Claude Code looks up window, limits and capabilities by this spelling. */
export const clientSpelling = (modelId: string): string => canonicalSpelling(modelId) + contextSuffixOf(modelId)

/** The name by which clients know a model. */
export const clientNameOf = ({ id, clientName = clientSpelling(id) }: Model): string => clientName

/** The family that serves a name of each family. */
export const servedFamily: Readonly<Record<ModelFamily, ServedFamily>> = {
  opus: 'opus',
  fable: 'opus',
  mythos: 'opus',
  sonnet: 'sonnet',
  haiku: 'haiku',
  instant: 'haiku',
}

/** Names that Claude Code uses for the best model and for its plan mode. */
export const nicknames: ReadonlyMap<string, ServedFamily> = new Map([
  ['best', 'opus'],
  ['opusplan', 'opus'],
])

export interface ResolvedModel {
  readonly model: Model
  /** `[1m]` if the client requests a context window of a million tokens, otherwise empty. */
  readonly contextSuffix: string
}

/** Finds the models of an upstream by the names that clients use. */
export interface ModelResolver {
  /** For lists. */
  readonly models: readonly Model[]
  /** Every model as clients spell it, for messages. */
  readonly spellings: readonly string[]
  /** The upstream decides which names it knows: each name becomes a model. */
  readonly takesAnyName: boolean
  /** The upstream has Claude models of its own: names are neither mapped nor replaced. */
  readonly keepsNames?: true
  /** The administrator's exact map of clients' names, if the upstream has one. */
  readonly modelMap?: ReadonlyMap<string, string>
  /** Names of a model: Claude Code's spelling first, then the upstream's id and the short names. */
  spellingsOf(model: Model): readonly string[]
  /** Undefined for an unknown name. */
  find(requested: string): ResolvedModel | undefined
  /** Throws GatewayError (`not_found_error`). */
  resolve(requested: string): ResolvedModel
}

/** Bounds the memory of resolved names, because clients can send any name. */
const maximumRemembered = 100
const longestRemembered = 100

export const createModelResolver = ({ models, defaults }: ModelCatalog, defaultModelId: string): ModelResolver => {
  const bySpelling = new Map(models.map((model) => [canonicalSpelling(model.id), model]))
  const spellings = models.map((model) => clientSpelling(model.id))
  const versioned = models.map((model) => ({ model, name: parseModelName(model.id) }))
  const ofVersion = ({ family, version }: ModelName): Model | undefined =>
    version &&
    versioned.find(
      ({ model, name }) => model.family === family && name?.version && compareVersions(name.version, version) === 0,
    )?.model

  const findModel = (requested: string): Model | undefined => {
    const spelling = canonicalSpelling(requested)
    const exact = bySpelling.get(spelling)
    if (exact !== undefined) return exact
    const name = parseModelName(spelling)
    if (name?.family !== undefined) return ofVersion(name) ?? defaults[servedFamily[name.family]]
    const nickname = nicknames.get(spelling)
    if (nickname !== undefined) return defaults[nickname]
    return name !== undefined || spelling === 'default' ? bySpelling.get(canonicalSpelling(defaultModelId)) : undefined
  }

  const remembered = new Map<string, ResolvedModel>()
  /** Returns undefined for an unknown name. */
  const find = (requested: string): ResolvedModel | undefined => {
    const known = remembered.get(requested)
    if (known !== undefined) return known
    const model = findModel(requested)
    if (model === undefined) return undefined
    const found = { model, contextSuffix: contextSuffixOf(requested) }
    if (remembered.size < maximumRemembered && requested.length <= longestRemembered) remembered.set(requested, found)
    return found
  }

  return {
    models,
    spellings,
    takesAnyName: false,
    spellingsOf(model) {
      const names = [clientSpelling(model.id), model.id, ...Object.keys(servedFamily), ...nicknames.keys(), 'default']
      return [...new Set(names)].filter((name) => find(name)?.model === model)
    },
    find,
    resolve(requested) {
      const resolved = find(requested)
      if (resolved !== undefined) return resolved
      throw new GatewayError(
        'not_found_error',
        `model: ${withoutContextSuffix(requested).slice(0, 200)} not found. Available: ${spellings.join(', ')}.`,
        // Without the name: an unknown name may be anything, even a key in the wrong place.
        { shouldRetry: false, code: 'model_not_found', reason: `model: not found. Available: ${spellings.join(', ')}` },
      )
    },
  }
}
