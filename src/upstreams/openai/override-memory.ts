import { loggableModel } from '../../base/loggable-name.ts'
import type { Logger } from '../../base/logger.ts'
import type { ChatDialect } from '../../translate/capabilities/chat-dialect.ts'
import type { ModelDegradation } from '../upstream.ts'
import type { DialectOverride } from './refusals.ts'

/** Bounds memory: model names come from clients. A deployment has fewer models and overrides. */
const maximumModels = 100
const maximumOverrides = 50

/** Lifetime of an override that may concern only one conversation. */
const passingMs = 10 * 60 * 1000

interface Remembered extends DialectOverride {
  /** On the clock of `now`. */
  readonly until: number
}

/** The refused parts of each model, until the process ends (OU section 1.10). */
export interface OverrideMemory {
  /** Returns the dialect of the model's row with all remembered overrides. */
  apply(modelId: string, dialect: ChatDialect): ChatDialect
  remember(modelId: string, override: DialectOverride): void
  degraded(): readonly ModelDegradation[]
}

/** `now` is in milliseconds, monotonic. Logs each override once. */
export const createOverrideMemory = (log: Logger, now: () => number): OverrideMemory => {
  const models = new Map<string, Map<string, Remembered>>()
  const currentOf = (modelId: string): Remembered[] =>
    [...(models.get(modelId)?.values() ?? [])].filter(({ until }) => until > now())

  /** Undefined where the memory is full. */
  const memoryOf = (modelId: string): Map<string, Remembered> | undefined => {
    const known = models.get(modelId)
    if (known !== undefined || models.size >= maximumModels) return known
    const memory = new Map<string, Remembered>()
    models.set(modelId, memory)
    return memory
  }

  return {
    apply(modelId, dialect) {
      if (!models.has(modelId)) return dialect
      return Object.assign({ ...dialect }, ...currentOf(modelId).map(({ change }) => change))
    },
    remember(modelId, override) {
      const memory = memoryOf(modelId)
      // A later override of the same cell replaces the earlier one.
      const key = Object.keys(override.change).join()
      if (memory === undefined || (memory.size >= maximumOverrides && !memory.has(key))) return
      if (memory.get(key)?.without !== override.without) {
        log.warn('upstream.degraded', { model: loggableModel(modelId), what: `${override.without}: ${override.note}` })
      }
      memory.set(key, { ...override, until: override.isPassing ? now() + passingMs : Number.POSITIVE_INFINITY })
    },
    degraded: () =>
      [...models.keys()].flatMap((modelId) =>
        currentOf(modelId).map(({ without, note }) => ({ model: loggableModel(modelId), without, note })),
      ),
  }
}
