import { GatewayError } from '../base/errors.ts'
import { canonicalSpelling, withoutContextSuffix } from '../messages/model-name.ts'
import type { Model, ServedFamily } from './model.ts'
import type { ModelResolver } from './resolver.ts'

/** Finds the model for a name that an OpenAI client sends (section 5). */
export interface OpenAiNames {
  /** Undefined for a name that no rule knows. */
  find(requested: string): FoundName | undefined
  /** Throws GatewayError (`not_found_error`). */
  resolve(requested: string): ResolvedName
}

interface FoundName {
  /** The name for the canonical request. */
  readonly name: string
  readonly model: Model
}

interface ResolvedName extends FoundName {
  /** Another model answers than the client named, and no table says so. */
  readonly isGuessed: boolean
}

export interface OpenAiNameOptions {
  readonly models: ModelResolver
  /** From the configuration; `*` in a name stands for any text. */
  readonly modelMap: ReadonlyMap<string, string>
  readonly refusesUnknown: boolean
  /** For unknown names. */
  readonly defaultModel: string
  /** Names of providers that clients put in front of a model: `anthropic/claude-opus-4-6`. */
  readonly providers: readonly string[]
}

const specialCharacters = /[\\^$.*+?()[\]{}|/]/g

/** Matches names without regard to case; `*` stands for any text. */
const matcherOf = (patterns: readonly string[]): RegExp => {
  const alternatives = patterns.map((pattern) =>
    pattern
      .split('*')
      .map((text) => text.replace(specialCharacters, '\\$&'))
      .join('.*'),
  )
  return new RegExp(`^(?:${alternatives.join('|')})$`, 'is')
}

/** OpenAI's names by size. The first row that matches decides (OE-M10, OE-M12, OE-M11). */
const families: readonly (readonly [ServedFamily, RegExp])[] = [
  [
    'haiku',
    matcherOf([
      'gpt-3.5*',
      'gpt-4o-mini*',
      'gpt-4.1-mini*',
      'gpt-4.1-nano*',
      'gpt-5*-mini*',
      'gpt-5*-nano*',
      'gpt-*-luna*',
      // Codex's model that approves commands.
      'codex-auto-review',
    ]),
  ],
  // In front of `o3-*`.
  ['sonnet', matcherOf(['o1-mini*', 'o3-mini*', 'o4-mini*'])],
  [
    'opus',
    // `o1-20*`: with a date.
    matcherOf(['o1', 'o1-20*', 'o1-preview*', 'o1-pro*', 'o3', 'o3-*', 'gpt-5*-pro*', 'gpt-*-astra*', '*-codex-max*']),
  ],
  ['sonnet', matcherOf(['gpt*', 'chatgpt-*', 'codex-*', '*-codex*'])],
]

/** Models that write no messages (OE-M14). */
const otherKind = matcherOf([
  '*text-embedding-*',
  'dall-e*',
  'gpt-image*',
  'whisper*',
  'tts*',
  '*-tts*',
  '*-transcribe*',
  '*-audio*',
  '*-realtime*',
])

/** The name that stands for a client's name. */
interface Choice {
  readonly name: string
  /** The default model does not replace it. */
  readonly isFixed: boolean
}

/** Characters. Longer names are unknown: no pattern has to search them. */
const longestName = 200

const notForMessages = (name: string): GatewayError =>
  new GatewayError(
    'not_found_error',
    `model: ${name.slice(0, longestName)} writes no messages, which is all that this server has models for.`,
    {
      shouldRetry: false,
      code: 'model_not_found',
      reason: 'model: writes no messages',
    },
  )

/** The configured model for a name: the exact entry first, then the first pattern that matches. */
const createTargetOf = (modelMap: ReadonlyMap<string, string>): ((name: string) => string | undefined) => {
  const patterns = [...modelMap]
    .filter(([name]) => name.includes('*'))
    .map(([name, target]) => ({ matcher: matcherOf([name]), target }))
  return (name) => modelMap.get(name) ?? patterns.find(({ matcher }) => matcher.test(name))?.target
}

/**
 * Uses the configured map first, then the upstream's own names, then the table of OpenAI's names, then Claude's family
 * words, then the default model. An upstream that decides itself which names it knows gets every other name as it is;
 * one that has Claude models of its own gets OpenAI's names mapped.
 */
export const createOpenAiNames = (options: OpenAiNameOptions): OpenAiNames => {
  const { models, modelMap, defaultModel, refusesUnknown, providers } = options
  const targetOf = createTargetOf(modelMap)
  const prefix = new RegExp(`^(?:${providers.join('|')})[/:]`, 'i')
  let listed: ReadonlySet<string> | undefined
  /** Such a server's own names may look like any other name here, or have a prefix. */
  const isServerOfAnyName = models.takesAnyName && models.keepsNames !== true

  const isOwn = (name: string): boolean => {
    if (models.modelMap?.has(name) === true) return true
    listed ??= new Set(models.models.flatMap((model) => models.spellingsOf(model)).map(canonicalSpelling))
    return listed.has(canonicalSpelling(name))
  }

  const choose = (requested: string): Choice | undefined => {
    const trimmed = requested.trim()
    if (trimmed.length > longestName) return { name: trimmed, isFixed: false }
    const full = withoutContextSuffix(trimmed)
    const target = targetOf(full)
    // One variable may fill both maps: then the upstream maps the name.
    if (target !== undefined && target !== models.modelMap?.get(full)) return { name: target, isFixed: true }
    if (isServerOfAnyName) {
      const isReplaced = models.find(trimmed)?.model.id !== full
      return isReplaced && otherKind.test(full) ? undefined : { name: trimmed, isFixed: true }
    }
    const name = trimmed.replace(prefix, '')
    const bare = withoutContextSuffix(name)
    if (isOwn(bare)) return { name, isFixed: true }
    if (otherKind.test(bare)) return undefined
    const family = families.find(([, matcher]) => matcher.test(bare))?.[0]
    return { name: family ?? name, isFixed: family !== undefined }
  }
  const found = (name: string): FoundName | undefined => {
    const model = models.find(name)?.model
    return model && { name, model }
  }

  return {
    find(requested) {
      const choice = choose(requested)
      return choice && found(choice.name)
    },
    resolve(requested) {
      const choice = choose(requested)
      if (choice === undefined) throw notForMessages(requested)
      const known = found(choice.name)
      if (known !== undefined) return { ...known, isGuessed: false }
      const name = choice.isFixed || refusesUnknown ? choice.name : defaultModel
      return { name, model: models.resolve(name).model, isGuessed: true }
    },
  }
}
