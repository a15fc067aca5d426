import { isLoggableBeta } from '../../base/loggable-name.ts'
import type { Path } from '../../base/path.ts'
import type { ModelCapabilities } from '../capabilities/table.ts'
import type { Translation } from './context.ts'

/** What a beta flag's verdict may depend on. */
interface BetaContext {
  readonly model: ModelCapabilities
  readonly thinking: Readonly<Record<string, unknown>> | undefined
}

type Verdict = (context: BetaContext) => boolean

const always: Verdict = () => true

export const fineGrainedToolStreaming = 'fine-grained-tool-streaming-2025-05-14'
export const effortBeta = 'effort-2025-11-24'
export const contextManagementBeta = 'context-management-2025-06-27'
export const displayUpdatesBeta = 'thinking-display-updates-2026-08-18'
export const bindingControlsBeta = 'thinking-binding-controls-2026-08-01'
const interleavedThinking = 'interleaved-thinking-2025-05-14'

/**
 * The flags that Converse takes, and when. All others are dropped: Bedrock refuses the whole request
 * for one flag that it does not know (`invalid beta flag`).
 */
const forwarded: ReadonlyMap<string, Verdict> = new Map(
  Object.entries<Verdict>({
    'context-1m-2025-08-07': ({ model }) => model.longContextBeta,
    [interleavedThinking]: ({ model, thinking }) => thinking?.['type'] === 'enabled' && model.interleavedBeta,
    [fineGrainedToolStreaming]: always,
    [effortBeta]: ({ model }) => model.effortBeta,
    [displayUpdatesBeta]: ({ thinking }) => thinking?.['display'] === 'updates',
    [bindingControlsBeta]: ({ thinking }) => thinking?.['block_binding'] !== undefined,
  }),
)

/** Adds comma-separated lists as single flags, in order, each once. */
const addFlags = (flags: Set<string>, lists: readonly string[]): void => {
  for (const list of lists) {
    if (list.includes(',')) for (const flag of list.split(',')) flags.add(flag.trim())
    else flags.add(list.trim())
  }
}

/**
 * Whether the client wants thinking between tool calls, and whether the model gets the flag for it. A flag that the
 * model may have refused is not counted on.
 */
export const interleaving = (
  asked: readonly string[],
  { model, learned: { refusedBetas, suspectedBetas } }: Translation,
): { readonly isWanted: boolean; readonly isSent: boolean } => {
  const flags = new Set<string>()
  addFlags(flags, asked)
  const isWanted = flags.has(interleavedThinking)
  const isDoubtful = [...refusedBetas, ...suspectedBetas].includes(interleavedThinking)
  return { isWanted, isSent: isWanted && model.interleavedBeta && !isDoubtful }
}

/** For the log: what looks like no flag may be a secret that was put into the wrong variable. */
const placeOf = (flag: string): Path => (isLoggableBeta(flag) ? ['anthropic-beta', flag] : ['anthropic-beta'])

/** One request tries half of the flags that may have been refused before, and a single one always. */
const withoutHalfOfSuspects = (flags: string[], { learned, notes }: Translation): string[] => {
  const suspects = flags.filter((flag) => learned.suspectedBetas.includes(flag))
  const held = suspects.slice(Math.ceil(suspects.length / 2))
  for (const flag of held) notes.changed(placeOf(flag), 'beta flag that the model may have refused: tried later')
  return held.length === 0 ? flags : flags.filter((flag) => !held.includes(flag))
}

/**
 * Adds what a translated field needs, keeps what Converse knows and what the server's owner lets
 * through, drops the rest, and what the model has refused before.
 */
export const toBetas = (
  asked: readonly string[],
  needed: readonly string[],
  thinking: BetaContext['thinking'],
  translation: Translation,
): string[] => {
  const { model, policy, learned } = translation
  const { refusedBetas } = learned
  const context: BetaContext = { model, thinking }
  const isForwarded = (flag: string): boolean =>
    model.isClaude &&
    !refusedBetas.includes(flag) &&
    (needed.includes(flag) || policy.extraBetas.includes(flag) || forwarded.get(flag)?.(context) === true)

  const kept: string[] = []
  const flags = new Set<string>()
  addFlags(flags, asked)
  addFlags(flags, needed)
  flags.delete('')
  for (const flag of flags) {
    if (isForwarded(flag)) kept.push(flag)
    else translation.notes.dropped(placeOf(flag), 'beta flag that Converse does not take')
  }
  return withoutHalfOfSuspects(kept, translation)
}
