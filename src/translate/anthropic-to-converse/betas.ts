import type { ModelCapabilities } from '../model-capabilities.ts'
import type { Translation } from './context.ts'

/** What a beta flag's verdict may depend on. */
interface BetaContext {
  readonly model: ModelCapabilities
  readonly thinking: Readonly<Record<string, unknown>> | undefined
}

type Verdict = (context: BetaContext) => boolean

const always: Verdict = () => true

/**
 * The flags that Converse takes, and when. All others are dropped: Bedrock refuses the whole request
 * for one flag that it does not know (`invalid beta flag`).
 */
const forwarded: ReadonlyMap<string, Verdict> = new Map(
  Object.entries<Verdict>({
    'context-1m-2025-08-07': ({ model }) => model.longContextBeta,
    'interleaved-thinking-2025-05-14': ({ model, thinking }) =>
      thinking?.['type'] === 'enabled' && model.interleavedBeta,
    'fine-grained-tool-streaming-2025-05-14': always,
    'effort-2025-11-24': ({ model }) => model.effortBeta,
    'thinking-display-updates-2026-08-18': ({ thinking }) => thinking?.['display'] === 'updates',
    'thinking-binding-controls-2026-08-01': ({ thinking }) => thinking?.['block_binding'] !== undefined,
  }),
)

/** Adds what a translated field needs, keeps what Converse knows, drops the rest. In order, each once. */
export const toBetas = (
  asked: readonly string[],
  needed: readonly string[],
  thinking: BetaContext['thinking'],
  translation: Translation,
): string[] => {
  const context: BetaContext = { model: translation.model, thinking }
  const flags = new Set([...asked.flatMap((list) => list.split(',')).map((flag) => flag.trim()), ...needed])
  flags.delete('')
  return [...flags].filter((flag) => {
    const isForwarded = forwarded.get(flag)?.(context) === true
    if (!isForwarded) translation.notes.dropped(['anthropic-beta', flag], 'beta flag that Converse does not take')
    return isForwarded
  })
}
