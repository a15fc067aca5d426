import type { Face } from './face.ts'
import type { ChatModel } from './models.ts'
import type { ChatRefusal } from './refusal.ts'
import { firstBrokenRule } from './rule.ts'
import type { ChatBody } from './schema.ts'
import { createShapeCheck } from './shape.ts'

/** An accepted body, and the model that answers it. */
export interface AcceptedRequest {
  readonly body: ChatBody
  readonly model: ChatModel
}

type RequestValidator = (body: unknown) => AcceptedRequest | { readonly refusal: ChatRefusal }

/** Creates the check of a face's requests. `isAnyModelServed`: the first model serves unknown names. */
export const createRequestValidator = (
  face: Face,
  models: readonly ChatModel[],
  isAnyModelServed: boolean,
): RequestValidator => {
  const checkShape = createShapeCheck(face.request)
  return (value) => {
    const misshapen = checkShape(value)
    if (misshapen !== undefined) return { refusal: misshapen }
    // The shape check has proved the type.
    const body = value as ChatBody
    const named = models.find(({ id }) => id === body.model)
    const [first] = models
    const isServed = named !== undefined || isAnyModelServed || face.unknownModel === undefined
    const model = named ?? first
    if (!isServed || model === undefined) {
      return { refusal: face.unknownModel?.(body.model) ?? { status: 404, message: 'No model is loaded.' } }
    }
    const refusal = firstBrokenRule(face.rules, { body, model })
    return refusal === undefined ? { body, model } : { refusal }
  }
}
