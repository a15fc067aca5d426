import type { Logger } from '../../base/logger.ts'
import { type CapabilityOverrides, mergeOverrides, noOverrides } from '../../translate/capabilities/overrides.ts'
import type { Degradation } from '../upstream.ts'
import { createBetaSupport } from './beta-support.ts'
import type { Diagnosis } from './diagnosis.ts'

/** What each model was found to refuse. */

/** Bounds memory: model names come from clients. Both are more than a deployment has. */
const maximumModels = 100
const maximumEntries = 50

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
  readonly entries: Map<string, Remembered>
  readonly betas: ReturnType<typeof createBetaSupport>
}

/** Logs each lesson once. `now` is in milliseconds, monotonic. */
export const createOverrideMemory = (log: Logger, now: () => number) => {
  const models = new Map<string, ModelMemory>()
  const warn = (modelId: string, what: string): void =>
    log.warn('upstream.degraded', { model: modelId, what: sentence(modelId, what) })
  const currentEntries = ({ entries }: ModelMemory): Remembered[] =>
    [...entries.values()].filter(({ until }) => until > now())

  /** Undefined where there is no room for another model. */
  const memoryOf = (modelId: string): ModelMemory | undefined => {
    const known = models.get(modelId)
    if (known !== undefined || models.size >= maximumModels) return known
    const betas = createBetaSupport((flag) => warn(modelId, withoutFlag(flag)))
    const memory = { entries: new Map<string, Remembered>(), betas }
    models.set(modelId, memory)
    return memory
  }

  const addEntry = (modelId: string, { entries }: ModelMemory, diagnosis: Diagnosis): void => {
    const { what, isPassing } = diagnosis
    if (!entries.has(what)) {
      if (entries.size >= maximumEntries) return
      warn(modelId, what)
    }
    const until = isPassing === true ? now() + passingMs : Number.POSITIVE_INFINITY
    entries.set(what, { ...diagnosis, until: Math.max(until, entries.get(what)?.until ?? 0) })
  }

  const degradedOf = (memory: ModelMemory): string[] => [
    ...currentEntries(memory).map(({ what }) => what),
    ...memory.betas.refused().map(withoutFlag),
    ...(memory.betas.suspects().length > 0 ? ['a beta flag (later requests find out which)'] : []),
  ]

  return {
    /** What requests to the model are to be translated by. */
    overrides(modelId: string): CapabilityOverrides {
      const memory = models.get(modelId)
      if (memory === undefined) return noOverrides
      const entries: Partial<CapabilityOverrides>[] = currentEntries(memory).map(({ overrides }) => overrides)
      const { refused, waiting, suspects } = memory.betas
      const refusedBetas = [...refused(), ...waiting()]
      const suspectedBetas = suspects()
      if (refusedBetas.length + suspectedBetas.length > 0) entries.push({ refusedBetas, suspectedBetas })
      return entries.reduce(mergeOverrides, noOverrides)
    },
    remember(modelId: string, diagnosis: Diagnosis): void {
      const { suspects } = diagnosis
      const memory = memoryOf(modelId)
      if (memory === undefined) return
      if (suspects === undefined) addEntry(modelId, memory, diagnosis)
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
