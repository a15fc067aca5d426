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

/** `claude-sonnet-4-6`: the spelling by which Claude Code knows window, limits and capabilities. */
export const clientSpelling = (modelId: string): string => canonicalSpelling(modelId) + contextSuffixOf(modelId)

/** Which family stands for one that no upstream serves. */
const servedFamily: Readonly<Record<ModelFamily, ServedFamily>> = {
  opus: 'opus',
  fable: 'opus',
  mythos: 'opus',
  sonnet: 'sonnet',
  haiku: 'haiku',
  instant: 'haiku',
}

/** Names that Claude Code uses for "the best there is" and for its plan mode. */
const nicknames: ReadonlyMap<string, ServedFamily> = new Map([
  ['best', 'opus'],
  ['opusplan', 'opus'],
])

export interface ResolvedModel {
  readonly model: Model
  /** `[1m]`, or empty: the client's wish for a window of a million tokens. */
  readonly contextSuffix: string
}

export type ModelResolver = ReturnType<typeof createModelResolver>

/** Names that were resolved before. Clients make them up: neither many nor long ones fill the memory. */
const maximumRemembered = 100
const longestRemembered = 100

export const createModelResolver = ({ models, defaults }: ModelCatalog, defaultModelId: string) => {
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
  /** Undefined for a name that is nobody's. */
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
    /** Every model as clients spell it, for sentences. */
    spellings,
    /** What a client may call a model: Claude Code's spelling first, then the upstream's id and the short names. */
    spellingsOf(model: Model): readonly string[] {
      const names = [clientSpelling(model.id), model.id, ...Object.keys(servedFamily), ...nicknames.keys(), 'default']
      return [...new Set(names)].filter((name) => find(name)?.model === model)
    },
    find,
    /** Throws GatewayError (`not_found_error`). */
    resolve(requested: string): ResolvedModel {
      const resolved = find(requested)
      if (resolved !== undefined) return resolved
      throw new GatewayError(
        'not_found_error',
        `model: ${withoutContextSuffix(requested).slice(0, 200)} is not known here. Ask for one of ${spellings.join(', ')}.`,
        // Not the name: one that is no model's may be anything, a key in the wrong place among them.
        { shouldRetry: false, reason: `model: not known here. Known: ${spellings.join(', ')}` },
      )
    },
  }
}
