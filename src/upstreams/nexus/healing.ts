import type { Logger } from '../../base/logger.ts'
import { type Learned, learnMore, nothingLearned } from '../../translate/learned.ts'
import type { Degradation } from '../upstream.ts'
import { type Diagnosis, diagnose } from './diagnosis.ts'
import { NexusError } from './errors.ts'
import type { Prepared } from './prepare.ts'

/** One request, and how it is sent and made anew. */
interface Patient<T> {
  readonly modelId: string
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
  heal<T>(patient: Patient<T>): Promise<T>
  degraded(): readonly Degradation[]
}

/** Far more models than there are, and lessons than the table has: nobody's inventions fill the memory. */
const maximumModels = 100
const maximumLessons = 50

interface Lessons {
  learned: Learned
  readonly said: Set<string>
}

const sentence = (modelId: string, what: string): string =>
  `AI Nexus does not take ${what} for ${modelId}: sending without`

/** The memory: each lesson is said aloud once. */
const createMemory = (log: Logger) => {
  const models = new Map<string, Lessons>()
  return {
    learned: (modelId: string): Learned => models.get(modelId)?.learned ?? nothingLearned,
    remember(modelId: string, { what, lesson }: Diagnosis): void {
      const known = models.get(modelId) ?? { learned: nothingLearned, said: new Set<string>() }
      if (known.said.has(what) || known.said.size >= maximumLessons) return
      if (!models.has(modelId) && models.size >= maximumModels) return
      known.learned = learnMore(known.learned, lesson)
      known.said.add(what)
      models.set(modelId, known)
      log.warn('upstream.degraded', { model: modelId, what: sentence(modelId, what) })
    },
    degraded: (): Degradation[] =>
      [...models].flatMap(([model, { said }]) =>
        [...said].map((what) => ({ model, without: what, note: sentence(model, what) })),
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
export const createHealing = (log: Logger): Healing => {
  const { learned, remember, degraded } = createMemory(log)
  return {
    learned,
    degraded,
    async heal({ modelId, first, send, mend }) {
      try {
        return await send(first)
      } catch (error) {
        const diagnoses = diagnosesOf(error, first)
        const lessons = diagnoses.reduce((known, { lesson }) => learnMore(known, lesson), learned(modelId))
        const mended = diagnoses.length === 0 ? first : mend(lessons)
        // The part that is complained of was not ours to leave out.
        if (mended.call.body === first.call.body) throw error
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
    },
  }
}
