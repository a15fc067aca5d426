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

/** The models that AI Nexus serves. One row makes a model known everywhere. */
export interface NexusModel {
  /** Nexus's own id, for the path of a request. */
  readonly id: string
  readonly family: 'opus' | 'sonnet' | 'haiku'
  readonly displayName: string
  readonly description: string
  /** When the model came out. */
  readonly createdAt: string
  /** Tokens. */
  readonly maxInputTokens: number
  readonly maxOutputTokens: number
}

export const nexusModels: readonly NexusModel[] = [
  {
    id: 'claude-sonnet-4.6',
    family: 'sonnet',
    displayName: 'Claude Sonnet 4.6',
    description: 'Fast and capable: the everyday model',
    createdAt: '2026-02-17T00:00:00Z',
    maxInputTokens: 200_000,
    maxOutputTokens: 128_000,
  },
  {
    id: 'claude-opus-4.6',
    family: 'opus',
    displayName: 'Claude Opus 4.6',
    description: 'The strongest: hard problems and long work',
    createdAt: '2026-02-05T00:00:00Z',
    maxInputTokens: 200_000,
    maxOutputTokens: 128_000,
  },
  {
    id: 'claude-haiku-4.5',
    family: 'haiku',
    displayName: 'Claude Haiku 4.5',
    description: 'The quickest: small tasks and side work',
    createdAt: '2025-10-15T00:00:00Z',
    maxInputTokens: 200_000,
    maxOutputTokens: 64_000,
  },
]

/** `claude-sonnet-4-6`: the spelling by which Claude Code knows window, limits and capabilities. */
export const clientSpelling = (modelId: string): string => canonicalSpelling(modelId) + contextSuffixOf(modelId)

/** Which of ours stands for a family that Nexus does not have. */
const familyStandIn: Readonly<Record<ModelFamily, NexusModel['family']>> = {
  opus: 'opus',
  fable: 'opus',
  mythos: 'opus',
  sonnet: 'sonnet',
  haiku: 'haiku',
  instant: 'haiku',
}

/** Names that Claude Code uses for "the best there is" and for its plan mode. */
const nicknames: ReadonlyMap<string, NexusModel['family']> = new Map([
  ['best', 'opus'],
  ['opusplan', 'opus'],
])

export interface ResolvedModel {
  readonly model: NexusModel
  /** `[1m]`, or empty: the client's wish for a window of a million tokens. */
  readonly contextSuffix: string
}

export interface ModelResolver {
  /** Every model as clients spell it, for sentences. */
  readonly spellings: readonly string[]
  /** What a client may call a model: Claude Code's spelling first, then Nexus's id and the short names. */
  spellingsOf(model: NexusModel): readonly string[]
  /** Undefined for a name that is nobody's. */
  find(asked: string): ResolvedModel | undefined
  /** Throws GatewayError (`not_found_error`). */
  resolve(asked: string): ResolvedModel
}

/** Names that were resolved before. Clients make them up: neither many nor long ones fill the memory. */
const maximumRemembered = 100
const longestRemembered = 100

/** Of a model whose name has none. */
const noVersion = { major: 0, minor: 0 }

/** Finds a model among those of its family: the very version, or the newest. */
const createFamilies = (models: readonly NexusModel[]) => {
  const versions = models
    .map((model) => ({ model, version: parseModelName(model.id)?.version ?? noVersion }))
    .toSorted((left, right) => compareVersions(right.version, left.version))
  return {
    exact: ({ family, version }: ModelName): NexusModel | undefined =>
      version &&
      versions.find((known) => known.model.family === family && compareVersions(known.version, version) === 0)?.model,
    newest: (family: NexusModel['family']): NexusModel | undefined =>
      versions.find(({ model }) => model.family === family)?.model,
  }
}

export const createModelResolver = (models: readonly NexusModel[], defaultModelId: string): ModelResolver => {
  const bySpelling = new Map(models.map((model) => [canonicalSpelling(model.id), model]))
  const spellings = models.map((model) => clientSpelling(model.id))
  const families = createFamilies(models)

  const findModel = (asked: string): NexusModel | undefined => {
    const spelling = canonicalSpelling(asked)
    const exact = bySpelling.get(spelling)
    if (exact !== undefined) return exact
    const name = parseModelName(spelling)
    if (name?.family !== undefined) return families.exact(name) ?? families.newest(familyStandIn[name.family])
    const nickname = nicknames.get(spelling)
    if (nickname !== undefined) return families.newest(nickname)
    return name !== undefined || spelling === 'default' ? bySpelling.get(canonicalSpelling(defaultModelId)) : undefined
  }

  const remembered = new Map<string, ResolvedModel>()
  const find = (asked: string): ResolvedModel | undefined => {
    const known = remembered.get(asked)
    if (known !== undefined) return known
    const model = findModel(asked)
    if (model === undefined) return undefined
    const found = { model, contextSuffix: contextSuffixOf(asked) }
    if (remembered.size < maximumRemembered && asked.length <= longestRemembered) remembered.set(asked, found)
    return found
  }

  return {
    spellings,
    spellingsOf(model) {
      const names = [clientSpelling(model.id), model.id, ...Object.keys(familyStandIn), ...nicknames.keys(), 'default']
      return [...new Set(names)].filter((name) => find(name)?.model === model)
    },
    find,
    resolve(asked) {
      const resolved = find(asked)
      if (resolved !== undefined) return resolved
      throw new GatewayError(
        'not_found_error',
        `model: ${withoutContextSuffix(asked).slice(0, 200)} is not known here. Ask for one of ${spellings.join(', ')}.`,
        // Not the name: one that is no model's may be anything, a key in the wrong place among them.
        { shouldRetry: false, reason: `model: not known here. Known: ${spellings.join(', ')}` },
      )
    },
  }
}
