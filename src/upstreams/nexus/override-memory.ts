import type { Logger } from '../../base/logger.ts'
import { type Learned, learnMore, nothingLearned } from '../../translate/capabilities/overrides.ts'
import type { Degradation } from '../upstream.ts'
import { createBetaVerdicts } from './beta-support.ts'
import type { Diagnosis } from './diagnosis.ts'

/** What each model was found to refuse. */

/** Bounds memory: model names come from clients. Both are more than a deployment has. */
const maximumModels = 100
const maximumLessons = 50

/** How long a lesson holds that may be about one conversation only: it costs all others their prompt cache. */
const passingMs = 10 * 60 * 1000

interface Remembered extends Diagnosis {
  /** On the clock of `now`; infinite for the life of the process. */
  readonly until: number
}

const sentence = (modelId: string, what: string): string =>
  `AI Nexus does not take ${what} for ${modelId}: sending without`

const withoutFlag = (flag: string): string => `the beta flag ${flag}`

/** What is known of one model. */
interface ModelMemory {
  readonly lessons: Map<string, Remembered>
  readonly betas: ReturnType<typeof createBetaVerdicts>
}

/** Logs each lesson once. `now` is in milliseconds, monotonic. */
export const createLessonMemory = (log: Logger, now: () => number) => {
  const models = new Map<string, ModelMemory>()
  const warn = (modelId: string, what: string): void =>
    log.warn('upstream.degraded', { model: modelId, what: sentence(modelId, what) })
  const lessonsOf = ({ lessons }: ModelMemory): Remembered[] =>
    [...lessons.values()].filter(({ until }) => until > now())

  /** Undefined where there is no room for another model. */
  const memoryOf = (modelId: string): ModelMemory | undefined => {
    const known = models.get(modelId)
    if (known !== undefined || models.size >= maximumModels) return known
    const betas = createBetaVerdicts((flag) => warn(modelId, withoutFlag(flag)))
    const memory = { lessons: new Map<string, Remembered>(), betas }
    models.set(modelId, memory)
    return memory
  }

  const addLesson = (modelId: string, { lessons }: ModelMemory, diagnosis: Diagnosis): void => {
    const { what, isPassing } = diagnosis
    if (!lessons.has(what)) {
      if (lessons.size >= maximumLessons) return
      warn(modelId, what)
    }
    const until = isPassing === true ? now() + passingMs : Number.POSITIVE_INFINITY
    lessons.set(what, { ...diagnosis, until: Math.max(until, lessons.get(what)?.until ?? 0) })
  }

  const degradedOf = (memory: ModelMemory): string[] => [
    ...lessonsOf(memory).map(({ what }) => what),
    ...memory.betas.refused().map(withoutFlag),
    ...(memory.betas.suspects().length > 0 ? ['a beta flag (later requests find out which)'] : []),
  ]

  return {
    /** What requests to the model are to be translated by. */
    learned(modelId: string): Learned {
      const memory = models.get(modelId)
      if (memory === undefined) return nothingLearned
      const lessons: Partial<Learned>[] = lessonsOf(memory).map(({ lesson }) => lesson)
      const { refused, waiting, suspects } = memory.betas
      const refusedBetas = [...refused(), ...waiting()]
      const suspectedBetas = suspects()
      if (refusedBetas.length + suspectedBetas.length > 0) lessons.push({ refusedBetas, suspectedBetas })
      return lessons.reduce(learnMore, nothingLearned)
    },
    remember(modelId: string, diagnosis: Diagnosis): void {
      const { suspects } = diagnosis
      const memory = memoryOf(modelId)
      if (memory === undefined) return
      if (suspects === undefined) addLesson(modelId, memory, diagnosis)
      else memory.betas.suspect(suspects)
    },
    /** Beta flags that the model has just taken. */
    acceptBetas(modelId: string, flags: readonly string[]): void {
      if (flags.length > 0) memoryOf(modelId)?.betas.accept(flags)
    },
    /** Of refused flags those that may be meant. */
    suspectsIn: (modelId: string, flags: readonly string[]): readonly string[] =>
      models.get(modelId)?.betas.suspectsIn(flags) ?? flags,
    degraded: (): Degradation[] =>
      [...models].flatMap(([model, memory]) =>
        degradedOf(memory).map((what) => ({ model, without: what, note: sentence(model, what) })),
      ),
  }
}
