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

export const createHealing = (log: Logger): Healing => {
  const models = new Map<string, Lessons>()
  const sentence = (modelId: string, what: string): string =>
    `AI Nexus does not take ${what} for ${modelId}: sending without`

  const learned = (modelId: string): Learned => models.get(modelId)?.learned ?? nothingLearned

  /** Said aloud once. */
  const remember = (modelId: string, { what, lesson }: Diagnosis): void => {
    const known = models.get(modelId) ?? { learned: nothingLearned, said: new Set<string>() }
    if (known.said.has(what) || known.said.size >= maximumLessons) return
    if (!models.has(modelId) && models.size >= maximumModels) return
    known.learned = learnMore(known.learned, lesson)
    known.said.add(what)
    models.set(modelId, known)
    log.warn('upstream.degraded', { model: modelId, what: sentence(modelId, what) })
  }

  const diagnosisOf = (error: unknown, { translation }: Prepared): Diagnosis | undefined =>
    error instanceof NexusError ? diagnose(error, translation.body) : undefined

  return {
    learned,
    async heal({ modelId, first, send, mend }) {
      let diagnosis: Diagnosis | undefined
      let mended: Prepared
      try {
        return await send(first)
      } catch (error) {
        diagnosis = diagnosisOf(error, first)
        if (diagnosis === undefined) throw error
        mended = mend(learnMore(learned(modelId), diagnosis.lesson))
        // The part that is complained of was not ours to leave out.
        if (mended.call.body === first.call.body) throw error
      }
      try {
        const answer = await send(mended)
        remember(modelId, diagnosis)
        return answer
      } catch (error) {
        const next = diagnosisOf(error, mended)
        // Another complaint: the first one was answered. The next request goes without both.
        if (next !== undefined && next.what !== diagnosis.what) {
          remember(modelId, diagnosis)
          remember(modelId, next)
        }
        throw error
      }
    },
    degraded: () =>
      [...models].flatMap(([model, { said }]) =>
        [...said].map((what) => ({ model, without: what, note: sentence(model, what) })),
      ),
  }
}
