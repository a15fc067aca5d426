import type { Logger } from '../../base/logger.ts'
import { type CapabilityOverrides, mergeOverrides } from '../../translate/capabilities/overrides.ts'
import type { ModelRefusal } from '../upstream.ts'
import { diagnose } from './diagnose.ts'
import { betasIn, type Diagnosis, refusedTogether } from './diagnosis.ts'
import { NexusError } from './errors.ts'
import { createOverrideMemory } from './override-memory.ts'
import type { Prepared } from './prepare.ts'

/** One request, and how to send it and translate it again. */
interface FallbackCall<T> {
  readonly modelId: string
  /** For the log. */
  readonly requestId: string
  readonly first: Prepared
  readonly send: (prepared: Prepared) => Promise<T>
  readonly retranslate: (overrides: CapabilityOverrides) => Prepared
}

/** `suspectsIn` returns those of the refused beta flags that may be the reason. */
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

/** Bounds the requests for one answer. A Nexus that refuses more optional parts than these has no use for the client. */
const maximumResends = 6

/** A repeated request leaves out everything that may have been refused before. */
const withoutSuspects = (overrides: CapabilityOverrides): CapabilityOverrides => ({
  ...overrides,
  refusedBetas: [...overrides.refusedBetas, ...overrides.suspectedBetas],
  suspectedBetas: [],
})

/** Whether the second refusal is about something else: then the first one is resolved. */
const isAnother = (second: unknown, first: unknown): boolean =>
  second instanceof NexusError &&
  first instanceof NexusError &&
  second.type === 'invalid_request_error' &&
  second.upstreamWords !== first.upstreamWords

const isSameBody = (one: Prepared, other: Prepared): boolean =>
  one === other || JSON.stringify(one.translation.body) === JSON.stringify(other.translation.body)

/**
 * Changes refused requests as Bedrock's message requires, and remembers what each model has refused until the process
 * ends. See docs/translation.md, "If the table is wrong". `learned` is remembered from the start.
 */
export const createRefusalFallback = (log: Logger, now: () => number, learned: readonly ModelRefusal[] = []) => {
  const { overrides, remember, acceptBetas, suspectsIn, known } = createOverrideMemory(log, now, learned)

  const sendOne = async <T>(prepared: Prepared, { modelId, send }: FallbackCall<T>): Promise<T> => {
    const answer = await send(prepared)
    acceptBetas(modelId, betasIn(prepared.translation.body))
    return answer
  }

  /** `known`: what was refused before. */
  const sendWithoutRefused = async <T>(
    error: unknown,
    refused: Prepared,
    known: CapabilityOverrides,
    call: FallbackCall<T>,
    resendsLeft = maximumResends,
  ): Promise<T> => {
    const { modelId, requestId, retranslate } = call
    const diagnoses = resendsLeft === 0 ? [] : diagnosesOf(error, refused, (flags) => suspectsIn(modelId, flags))
    const combined = diagnoses.reduce((all, { overrides: refusal }) => mergeOverrides(all, refusal), known)
    const retranslated = diagnoses.length === 0 ? refused : retranslate(withoutSuspects(combined))
    // The refused part must not be left out.
    if (isSameBody(retranslated, refused)) throw error
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
      if (!isAnother(again, error)) throw again
      rememberAll()
      return sendWithoutRefused(again, retranslated, combined, call, resendsLeft - 1)
    }
  }

  return {
    overrides,
    known,
    /**
     * Sends a request. If the model refuses an optional part, sends it again without that part, and remembers the part if
     * that succeeds or the model then refuses another one. Only for calls of which the client has received nothing.
     * Rejects as `send` does.
     */
    sendWithFallback: <T>(call: FallbackCall<T>): Promise<T> =>
      sendOne(call.first, call).catch((error: unknown) =>
        sendWithoutRefused(error, call.first, overrides(call.modelId), call),
      ),
  }
}
