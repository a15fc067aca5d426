import { isLoggableModel } from '../base/loggable-name.ts'

/**
 * Names of models that records may have. A client may send anything as a model's name, also a sentence or a key, and
 * some upstreams get it unchanged: only the upstream's answer shows that it is a model.
 */
export interface CertainModels {
  /** `isAnswered`: whether the upstream has answered this request, not with an error. */
  has(name: string, isAnswered: boolean): boolean
}

/** Bounds memory: model names come from clients. */
const mostAnswered = 100

/** `known`: names of the upstream's catalog and of the configuration. */
export const createCertainModels = (known: ReadonlySet<string>): CertainModels => {
  const answered = new Set<string>()
  return {
    has(name, isAnswered) {
      if (known.has(name) || answered.has(name)) return true
      if (!isAnswered || !isLoggableModel(name)) return false
      // A later failure of this model has its name, too.
      if (answered.size < mostAnswered) answered.add(name)
      return true
    },
  }
}
