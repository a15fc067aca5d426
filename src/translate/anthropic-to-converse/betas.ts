import { isLoggableBeta } from '../../base/loggable-name.ts'
import type { Path } from '../../base/path.ts'
import type { ModelCapabilities } from '../capabilities/table.ts'
import type { TranslationContext } from './context.ts'

/** What a beta flag's condition depends on. */
interface BetaContext {
  readonly model: ModelCapabilities
  readonly thinking: Readonly<Record<string, unknown>> | undefined
}

type BetaCondition = (context: BetaContext) => boolean

const always: BetaCondition = () => true

export const fineGrainedToolStreaming = 'fine-grained-tool-streaming-2025-05-14'
export const effortBeta = 'effort-2025-11-24'
export const contextManagementBeta = 'context-management-2025-06-27'
export const displayUpdatesBeta = 'thinking-display-updates-2026-08-18'
export const bindingControlsBeta = 'thinking-binding-controls-2026-08-01'
const interleavedThinking = 'interleaved-thinking-2025-05-14'

/**
 * The flags that Converse accepts, with their conditions. All others are dropped: Bedrock refuses the whole request for
 * one unknown flag (`invalid beta flag`).
 */
const forwarded: ReadonlyMap<string, BetaCondition> = new Map(
  Object.entries<BetaCondition>({
    'context-1m-2025-08-07': ({ model }) => model.longContextBeta,
    [interleavedThinking]: ({ model, thinking }) => thinking?.['type'] === 'enabled' && model.interleavedBeta,
    [fineGrainedToolStreaming]: always,
    [effortBeta]: ({ model }) => model.effortBeta,
    [displayUpdatesBeta]: ({ thinking }) => thinking?.['display'] === 'updates',
    [bindingControlsBeta]: ({ thinking }) => thinking?.['block_binding'] !== undefined,
  }),
)

/** Splits comma-separated lists and adds each flag once, in order. */
const addFlags = (flags: Set<string>, lists: readonly string[]): void => {
  for (const list of lists) {
    if (list.includes(',')) for (const flag of list.split(',')) flags.add(flag.trim())
    else flags.add(list.trim())
  }
}

/**
 * Whether the client requests thinking between tool calls, and whether the model gets the flag for it. False for a flag
 * that the model may have refused.
 */
export const interleaving = (
  requestedFlags: readonly string[],
  { model, overrides: { refusedBetas, suspectedBetas } }: TranslationContext,
): { readonly isWanted: boolean; readonly isSent: boolean } => {
  const flags = new Set<string>()
  addFlags(flags, requestedFlags)
  const isWanted = flags.has(interleavedThinking)
  const isDoubtful = [...refusedBetas, ...suspectedBetas].includes(interleavedThinking)
  return { isWanted, isSent: isWanted && model.interleavedBeta && !isDoubtful }
}

/** For the log: text that does not look like a flag may be a secret in the wrong variable. */
const loggablePath = (flag: string): Path => (isLoggableBeta(flag) ? ['anthropic-beta', flag] : ['anthropic-beta'])

/** Sends half of the flags that may have been refused before; always sends a single one. */
const withoutHalfOfSuspects = (flags: string[], { overrides, notes }: TranslationContext): string[] => {
  if (overrides.suspectedBetas.length === 0) return flags
  const suspects = flags.filter((flag) => overrides.suspectedBetas.includes(flag))
  const held = suspects.slice(Math.ceil(suspects.length / 2))
  for (const flag of held) notes.changed(loggablePath(flag), 'beta flag that the model may have refused: tried later')
  return held.length === 0 ? flags : flags.filter((flag) => !held.includes(flag))
}

const noFlags: readonly string[] = []

/**
 * Returns the flags to send: those that translated fields need, that Converse accepts or that the configuration adds,
 * without those that the model has refused before.
 */
export const toBetas = (
  requestedFlags: readonly string[],
  needed: readonly string[],
  thinking: BetaContext['thinking'],
  translation: TranslationContext,
): readonly string[] => {
  if (requestedFlags.length === 0 && needed.length === 0) return noFlags
  const { model, policy, overrides } = translation
  const { refusedBetas } = overrides
  const context: BetaContext = { model, thinking }
  const isForwarded = (flag: string): boolean =>
    model.isClaude &&
    !refusedBetas.includes(flag) &&
    (needed.includes(flag) || policy.extraBetas.includes(flag) || forwarded.get(flag)?.(context) === true)

  const kept: string[] = []
  const flags = new Set<string>()
  addFlags(flags, requestedFlags)
  addFlags(flags, needed)
  flags.delete('')
  for (const flag of flags) {
    if (isForwarded(flag)) kept.push(flag)
    else translation.notes.dropped(loggablePath(flag), 'beta flag that Converse does not accept')
  }
  return withoutHalfOfSuspects(kept, translation)
}
