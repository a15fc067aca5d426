import type { TSchema } from '@sinclair/typebox'
import type { HttpError } from '../reply.ts'
import { conversationRules } from './conversation-rules.ts'
import { type ApiModel, findModel } from './models.ts'
import type { CheckedBody } from './rule.ts'
import { settingRules } from './setting-rules.ts'
import { shapeRefusal } from './shape.ts'

/** An accepted body, and the model that answers it. */
export interface AcceptedBody {
  readonly body: CheckedBody
  readonly model: ApiModel
}

export interface Catalog {
  readonly models: readonly ApiModel[]
  /** The first model serves unknown model names. */
  readonly isAnyModelServed: boolean
}

const refused = (message: string, status = 400): { readonly refusal: HttpError & { readonly message: string } } => ({
  refusal: { status, message },
})

/** Checks a body as the API does: its schema, its model, then the rules of conversations and settings. */
export const validateBody = (
  schema: TSchema,
  value: unknown,
  { models, isAnyModelServed }: Catalog,
  betas: readonly string[],
): AcceptedBody | ReturnType<typeof refused> => {
  const misshapen = shapeRefusal(schema, value)
  if (misshapen !== undefined) return refused(misshapen)
  // The schema check has proved the type.
  const body = value as CheckedBody
  const model = findModel(models, body.model) ?? (isAnyModelServed ? models[0] : undefined)
  if (model === undefined) return refused(`model: ${body.model}`, 404)
  for (const rule of [...conversationRules, ...settingRules]) {
    const refusal = rule({ body, model, betas })
    if (refusal !== undefined) return refused(refusal)
  }
  return { body, model }
}
