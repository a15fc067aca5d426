import type { Logger } from '../../base/logger.ts'
import { type Learned, learnMore } from '../../translate/capabilities/overrides.ts'
import { diagnose } from './diagnose.ts'
import { betasIn, type Diagnosis, refusedTogether } from './diagnosis.ts'
import { NexusError } from './errors.ts'
import { createLessonMemory } from './override-memory.ts'
import type { Prepared } from './prepare.ts'

/** One request, and how it is sent and made anew. */
interface HealableCall<T> {
  readonly modelId: string
  /** For the log. */
  readonly requestId: string
  readonly first: Prepared
  readonly send: (prepared: Prepared) => Promise<T>
  readonly mend: (learned: Learned) => Prepared
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
const withoutSuspects = (learned: Learned): Learned => ({
  ...learned,
  refusedBetas: [...learned.refusedBetas, ...learned.suspectedBetas],
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
export const createHealing = (log: Logger, now: () => number) => {
  const { learned, remember, acceptBetas, suspectsIn, degraded } = createLessonMemory(log, now)

  const sendOne = async <T>(prepared: Prepared, { modelId, send }: HealableCall<T>): Promise<T> => {
    const answer = await send(prepared)
    acceptBetas(modelId, betasIn(prepared.translation.body))
    return answer
  }

  const sendMended = async <T>(error: unknown, call: HealableCall<T>): Promise<T> => {
    const { modelId, requestId, first, mend } = call
    const diagnoses = diagnosesOf(error, first, (flags) => suspectsIn(modelId, flags))
    const lessons = diagnoses.reduce((known, { lesson }) => learnMore(known, lesson), learned(modelId))
    const mended = diagnoses.length === 0 ? first : mend(withoutSuspects(lessons))
    // The part that is complained of was not ours to leave out.
    if (mended.call.body === first.call.body) throw error
    const without = diagnoses.map(({ what }) => what).join('; ')
    log.info('upstream.mended', { requestId, model: modelId, without })
    const rememberAll = (): void => {
      for (const diagnosis of diagnoses) remember(modelId, diagnosis)
    }
    try {
      const answer = await sendOne(mended, call)
      rememberAll()
      return answer
    } catch (again) {
      if (isAnother(again, error)) rememberAll()
      throw again
    }
  }

  return {
    learned,
    degraded,
    /**
     * Sends a request and, where the model refuses a part of it that can be spared, once more without.
     * What helped is remembered. Only before anything has reached the client. Rejects as `send` does.
     */
    heal: <T>(call: HealableCall<T>): Promise<T> =>
      sendOne(call.first, call).catch((error: unknown) => sendMended(error, call)),
  }
}
