import type { Logger } from '../../base/logger.ts'
import { type Learned, learnMore, nothingLearned } from '../../translate/learned.ts'
import type { Degradation } from '../upstream.ts'
import { type Diagnosis, diagnose } from './diagnosis.ts'
import { NexusError } from './errors.ts'
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

/** What each model was found to refuse, for the life of the process. */
export interface Healing {
  /** What requests to the model are to be translated by. */
  learned(modelId: string): Learned
  /**
   * Sends a request and, where the model refuses a part of it that can be spared, once more without.
   * What helped is remembered. Only before anything has reached the client. Rejects as `send` does.
   */
  heal<T>(call: HealableCall<T>): Promise<T>
  degraded(): readonly Degradation[]
}

/** Far more models than there are, and lessons than the table has: nobody's inventions fill the memory. */
const maximumModels = 100
const maximumLessons = 50

/** A lesson that may be one conversation's own costs the others their prompt cache no longer than this. */
const passingMs = 10 * 60 * 1000

interface Remembered extends Diagnosis {
  /** On the clock of `now`; infinite for the life of the process. */
  readonly until: number
}

const sentence = (modelId: string, what: string): string =>
  `AI Nexus does not take ${what} for ${modelId}: sending without`

/** The memory: each lesson is said aloud once. `now` is in milliseconds, monotonic. */
const createMemory = (log: Logger, now: () => number) => {
  const models = new Map<string, Map<string, Remembered>>()
  const lessonsOf = (modelId: string): Remembered[] =>
    [...(models.get(modelId)?.values() ?? [])].filter(({ until }) => until > now())
  return {
    learned: (modelId: string): Learned =>
      models.size === 0
        ? nothingLearned
        : lessonsOf(modelId).reduce((known, { lesson }) => learnMore(known, lesson), nothingLearned),
    remember(modelId: string, diagnosis: Diagnosis): void {
      const { what, isPassing } = diagnosis
      const known = models.get(modelId) ?? new Map<string, Remembered>()
      if (!models.has(modelId) && models.size >= maximumModels) return
      if (!known.has(what)) {
        if (known.size >= maximumLessons) return
        log.warn('upstream.degraded', { model: modelId, what: sentence(modelId, what) })
      }
      const until = isPassing === true ? now() + passingMs : Number.POSITIVE_INFINITY
      known.set(what, { ...diagnosis, until: Math.max(until, known.get(what)?.until ?? 0) })
      models.set(modelId, known)
    },
    degraded: (): Degradation[] =>
      [...models.keys()].flatMap((model) =>
        lessonsOf(model).map(({ what }) => ({ model, without: what, note: sentence(model, what) })),
      ),
  }
}

const diagnosesOf = (error: unknown, { translation }: Prepared): readonly Diagnosis[] =>
  error instanceof NexusError ? diagnose(error, translation.body) : []

/** Whether the second refusal is of something else: then the first one was answered. */
const isAnother = (second: unknown, first: unknown): boolean =>
  second instanceof NexusError &&
  first instanceof NexusError &&
  second.type === 'invalid_request_error' &&
  second.upstreamWords !== first.upstreamWords

/** Mends requests by what Bedrock says of them. See docs/translation.md, "Where the table is wrong". */
export const createHealing = (log: Logger, now: () => number): Healing => {
  const { learned, remember, degraded } = createMemory(log, now)

  const sendMended = async <T>(error: unknown, call: HealableCall<T>): Promise<T> => {
    const { modelId, requestId, first, send, mend } = call
    const diagnoses = diagnosesOf(error, first)
    const lessons = diagnoses.reduce((known, { lesson }) => learnMore(known, lesson), learned(modelId))
    const mended = diagnoses.length === 0 ? first : mend(lessons)
    // The part that is complained of was not ours to leave out.
    if (mended.call.body === first.call.body) throw error
    const without = diagnoses.map(({ what }) => what).join('; ')
    log.info('upstream.mended', { requestId, model: modelId, without })
    const rememberAll = (): void => {
      for (const diagnosis of diagnoses) remember(modelId, diagnosis)
    }
    try {
      const answer = await send(mended)
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
    heal: (call) => call.send(call.first).catch((error: unknown) => sendMended(error, call)),
  }
}
