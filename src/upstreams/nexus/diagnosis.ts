import type { CapabilityOverrides } from '../../translate/capabilities/overrides.ts'
import type { ModelCapabilities } from '../../translate/capabilities/table.ts'
import type { ConverseRequest } from '../../wire/converse/request.ts'

/** What a refusal tells about the model: what to leave out. */
export interface Diagnosis {
  readonly overrides: Partial<CapabilityOverrides>
  /** What the model does not accept, for the log and `/health`. Never quotes the request. */
  readonly what: string
  /** Beta flags that were refused together, at least one of them for itself: see `createBetaSupport`. */
  readonly suspects?: readonly string[]
  /** The refusal was about a position in one request and may not apply to others: forgotten after a while. */
  readonly isPassing?: true
}

/** Reads the message of a refusal. `sent` is the refused request. */
export type RefusalRule = (words: string, sent: ConverseRequest) => readonly (Diagnosis | undefined)[]

export const lacking = (what: string, capabilities: Partial<ModelCapabilities>): Diagnosis => ({
  what,
  overrides: { capabilities },
})

export const refusedTogether = (flags: readonly string[]): Diagnosis => ({
  what: flags.length === 1 ? `the beta flag ${flags.join()}` : `the beta flags ${flags.join(', ')}`,
  overrides: { refusedBetas: flags },
  suspects: flags,
})

export const whenMatches =
  (pattern: RegExp, diagnosis: Diagnosis): RefusalRule =>
  (words) =>
    pattern.test(words) ? [diagnosis] : []

export const additionalOf = (sent: ConverseRequest): Readonly<Record<string, unknown>> =>
  sent.additionalModelRequestFields ?? {}

/** The beta flags of a request. */
export const betasIn = (sent: ConverseRequest): readonly string[] => {
  const flags = additionalOf(sent)['anthropic_beta']
  return Array.isArray(flags) ? flags.map(String) : []
}

export const noCachePoints = lacking('cache points', { cachePoints: false })
export const noLongCachePoints = lacking('cache points of an hour', { cacheTtl: false })
export const noStrictTools = lacking('strict tools', { strictTools: false })
export const noSchema = lacking('a schema for its answers', { structuredOutput: false })
export const noEffort = lacking('an effort setting', { effort: [] })
export const noSystemMessages = lacking('system messages in mid-conversation', { systemMessages: false })
export const noCitations = lacking('citations', { citations: false })
export const noDocumentsBesideResults = lacking('documents next to tool results', { documentsBesideResults: false })
export const noImagesInResults = lacking('images in tool results', { imagesInResults: false })
export const noResponseFields = lacking('a request for the stop sequence', { responseFieldPaths: false })
