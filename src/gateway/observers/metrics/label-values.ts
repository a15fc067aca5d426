import type { RequestRecord } from '../../request-record.ts'

/** Values of labels. Their number is bounded, and no client can write one (OP-M1, OP-M2). */

export const otherLabel = 'other'
const unknownLabel = 'unknown'

const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** A client may send any word as a method. */
export const methodLabel = ({ method }: RequestRecord): string => (methods.has(method) ? method : otherLabel)

/** A model's id in an upstream's answer. */
const answeredModel = /^[a-zA-Z0-9._:/-]{1,64}$/
const mostAnsweredModels = 50

export interface ModelLabelOptions {
  /** Ids of the models that the configuration and the upstream's catalog name. */
  readonly known: ReadonlySet<string>
  /** The protocol whose answers are forwarded unchanged, and name a model that this server may not know. */
  readonly forwarded: string | undefined
}

/**
 * Names a known model, or one of the first 50 that answers name. Other models are `other`: a client may have invented
 * the name. Requests without a model are `unknown`.
 */
export const createModelLabel = ({ known, forwarded }: ModelLabelOptions): ((record: RequestRecord) => string) => {
  const answered = new Set<string>()
  return ({ used, entrance, operation, outcome }) => {
    if (used === undefined) return unknownLabel
    if (known.has(used) || answered.has(used)) return used
    // A translated request has the client's name, and this server estimates counts for any name.
    const isOfAnswer = entrance === forwarded && operation === 'message' && outcome === 'answered'
    if (!isOfAnswer || answered.size >= mostAnsweredModels || !answeredModel.test(used)) return otherLabel
    answered.add(used)
    return used
  }
}
