import type { Logger } from '../../base/logger.ts'
import { type CapabilityOverrides, mergeOverrides } from '../../translate/capabilities/overrides.ts'
import { diagnose } from './diagnose.ts'
import { betasIn, type Diagnosis, refusedTogether } from './diagnosis.ts'
import { NexusError } from './errors.ts'
import { createOverrideMemory } from './override-memory.ts'
import type { Prepared } from './prepare.ts'

/** One request, and how it is sent and made anew. */
interface FallbackCall<T> {
  readonly modelId: string
  /** For the log. */
  readonly requestId: string
  readonly first: Prepared
  readonly send: (prepared: Prepared) => Promise<T>
  readonly retranslate: (overrides: CapabilityOverrides) => Prepared
}

/** `suspectsIn` returns, of beta flags that were refused together, those that may be meant. */
const diagnosesOf = (
  error: unknown,
  { translation }: Prepared,
  suspectsIn: (flags: readonly string[]) => readonly string[],
): readonly Diagnosis[] =>
  error instanceof NexusError
    ? diagnose(error, translation.body).map((diagnosis) =>
        diagnosis.suspects === undefined ? diagnosis : refusedTogether(suspectsIn(diagnosis.suspects)),
      )
    : []

/** The second try is the last one: nothing goes with it that may have been refused before. */
const withoutSuspects = (overrides: CapabilityOverrides): CapabilityOverrides => ({
  ...overrides,
  refusedBetas: [...overrides.refusedBetas, ...overrides.suspectedBetas],
  suspectedBetas: [],
})

/** Whether the second refusal is of something else: then the first one was answered. */
const isAnother = (second: unknown, first: unknown): boolean =>
  second instanceof NexusError &&
  first instanceof NexusError &&
  second.type === 'invalid_request_error' &&
  second.upstreamWords !== first.upstreamWords

/**
 * Mends requests by what Bedrock says of them, and remembers what each model was found to refuse, for the life of the
 * process. See docs/translation.md, "Where the table is wrong".
 */
export const createRefusalFallback = (log: Logger, now: () => number) => {
  const { overrides, remember, acceptBetas, suspectsIn, degraded } = createOverrideMemory(log, now)

  const sendOne = async <T>(prepared: Prepared, { modelId, send }: FallbackCall<T>): Promise<T> => {
    const answer = await send(prepared)
    acceptBetas(modelId, betasIn(prepared.translation.body))
    return answer
  }

  const sendWithoutRefused = async <T>(error: unknown, call: FallbackCall<T>): Promise<T> => {
    const { modelId, requestId, first, retranslate } = call
    const diagnoses = diagnosesOf(error, first, (flags) => suspectsIn(modelId, flags))
    const combined = diagnoses.reduce((known, { overrides }) => mergeOverrides(known, overrides), overrides(modelId))
    const retranslated = diagnoses.length === 0 ? first : retranslate(withoutSuspects(combined))
    // The part that is complained of was not ours to leave out.
    if (retranslated.call.body === first.call.body) throw error
    const without = diagnoses.map(({ what }) => what).join('; ')
    log.info('upstream.resent', { requestId, model: modelId, without })
    const rememberAll = (): void => {
      for (const diagnosis of diagnoses) remember(modelId, diagnosis)
    }
    try {
      const answer = await sendOne(retranslated, call)
      rememberAll()
      return answer
    } catch (again) {
      if (isAnother(again, error)) rememberAll()
      throw again
    }
  }

  return {
    overrides,
    degraded,
    /**
     * Sends a request and, where the model refuses a part of it that can be spared, once more without.
     * What helped is remembered. Only before anything has reached the client. Rejects as `send` does.
     */
    sendWithFallback: <T>(call: FallbackCall<T>): Promise<T> =>
      sendOne(call.first, call).catch((error: unknown) => sendWithoutRefused(error, call)),
  }
}
