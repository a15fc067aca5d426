import type { Logger } from '../../base/logger.ts'
import { type CapabilityOverrides, mergeOverrides, noOverrides } from '../../translate/capabilities/overrides.ts'
import type { ModelDegradation, ModelRefusal } from '../upstream.ts'
import { createBetaSupport } from './beta-support.ts'
import type { Diagnosis } from './diagnosis.ts'

/** Remembers what each model has refused. */

/** Bounds memory: model names come from clients. Both are more than a deployment has. */
const maximumModels = 100
const maximumEntries = 50

/** How long to remember a refusal that may be about one conversation: it costs all others their prompt cache. */
const passingMs = 10 * 60 * 1000

interface Remembered extends Diagnosis {
  /** On the clock of `now`; infinite for the life of the process. */
  readonly until: number
}

const sentence = (modelId: string, what: string): string =>
  `AI Nexus does not accept ${what} for ${modelId}: sending without`

const withoutFlag = (flag: string): string => `the beta flag ${flag}`

/** The refusals of one model. */
interface ModelMemory {
  readonly entries: Map<string, Remembered>
  readonly betas: ReturnType<typeof createBetaSupport>
  /** For each request; undefined after a change. */
  merged: MergedOverrides | undefined
}

interface MergedOverrides {
  readonly overrides: CapabilityOverrides
  /** When the first of them is forgotten. */
  readonly until: number
}

const currentEntries = ({ entries }: ModelMemory, now: number): Remembered[] =>
  [...entries.values()].filter(({ until }) => until > now)

const mergedOf = (memory: ModelMemory, now: number): MergedOverrides => {
  const { betas } = memory
  const current = currentEntries(memory, now)
  const entries: Partial<CapabilityOverrides>[] = current.map(({ overrides }) => overrides)
  const refusedBetas = [...betas.refused(), ...betas.waiting()]
  const suspectedBetas = betas.suspects()
  if (refusedBetas.length + suspectedBetas.length > 0) entries.push({ refusedBetas, suspectedBetas })
  return {
    overrides: entries.reduce(mergeOverrides, noOverrides),
    until: Math.min(...current.map(({ until }) => until)),
  }
}

const overridesOf = (memory: ModelMemory, now: number): CapabilityOverrides => {
  if (memory.merged === undefined || memory.merged.until <= now) memory.merged = mergedOf(memory, now)
  return memory.merged.overrides
}

/** Without refusals that are forgotten after a while, and without beta flags that are only suspected. */
const refusalsOf = (model: string, entries: readonly Remembered[], betas: readonly string[]): ModelRefusal[] => [
  ...entries.flatMap(({ until, what, overrides }) =>
    until === Number.POSITIVE_INFINITY ? [{ model, what, overrides }] : [],
  ),
  ...betas.map((flag) => ({ model, what: withoutFlag(flag), overrides: { refusedBetas: [flag] } })),
]

/** Logs each refusal once, and none of `learned`. `now` is in milliseconds, monotonic. */
export const createOverrideMemory = (log: Logger, now: () => number, learned: readonly ModelRefusal[]) => {
  const models = new Map<string, ModelMemory>()
  const warn = (modelId: string, what: string): void =>
    log.warn('upstream.degraded', { model: modelId, what: sentence(modelId, what) })

  /** Returns undefined if the limit of models is reached. */
  const memoryOf = (modelId: string): ModelMemory | undefined => {
    const known = models.get(modelId)
    if (known !== undefined || models.size >= maximumModels) return known
    const betas = createBetaSupport((flag) => warn(modelId, withoutFlag(flag)))
    const memory: ModelMemory = { entries: new Map(), betas, merged: undefined }
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
    ...currentEntries(memory, now()).map(({ what }) => what),
    ...memory.betas.refused().map(withoutFlag),
    ...(memory.betas.suspects().length > 0 ? ['a beta flag (later requests find out which)'] : []),
  ]

  for (const { model, ...refusal } of learned)
    memoryOf(model)?.entries.set(refusal.what, { ...refusal, until: Number.POSITIVE_INFINITY })

  return {
    /** The overrides for requests to the model. */
    overrides(modelId: string): CapabilityOverrides {
      const memory = models.get(modelId)
      return memory === undefined ? noOverrides : overridesOf(memory, now())
    },
    remember(modelId: string, diagnosis: Diagnosis): void {
      const { suspects } = diagnosis
      const memory = memoryOf(modelId)
      if (memory === undefined) return
      memory.merged = undefined
      if (suspects === undefined) addEntry(modelId, memory, diagnosis)
      else memory.betas.suspect(suspects)
    },
    /** Records beta flags that the model has just accepted. */
    acceptBetas(modelId: string, flags: readonly string[]): void {
      const memory = flags.length > 0 ? memoryOf(modelId) : undefined
      if (memory === undefined) return
      if (memory.betas.suspects().length > 0) memory.merged = undefined
      memory.betas.accept(flags)
    },
    /** The refused flags that may be the reason. */
    suspectsIn: (modelId: string, flags: readonly string[]): readonly string[] =>
      models.get(modelId)?.betas.suspectsIn(flags) ?? flags,
    known: {
      refusals: (): ModelRefusal[] =>
        [...models].flatMap(([model, { entries, betas }]) => refusalsOf(model, [...entries.values()], betas.refused())),
      degraded: (): ModelDegradation[] =>
        [...models].flatMap(([model, memory]) =>
          degradedOf(memory).map((what) => ({ model, without: what, note: sentence(model, what) })),
        ),
    },
  }
}
