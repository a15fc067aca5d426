import { isObject } from '../../../base/json.ts'
import { CompletionRequest } from '../../../wire/openai-chat/completion-request.ts'
import { ResponsesRequest } from '../../../wire/openai-responses/request.ts'
import { type RouteSchema, toRouteSchema } from '../../http/route-schema.ts'

/**
 * Some clients send the body of one protocol to the path of the other: the body decides how it is read, and the path how
 * it is answered (OE-T8).
 */
type EitherBody = CompletionRequest | ResponsesRequest

const has = (body: unknown, member: string): boolean => isObject(body) && body[member] !== undefined

export const isResponsesBody = (body: unknown): body is ResponsesRequest => has(body, 'input') && !has(body, 'messages')

export const isCompletionBody = (body: unknown): body is CompletionRequest =>
  has(body, 'messages') && !has(body, 'input')

const completionSchema = toRouteSchema(CompletionRequest)
const responsesSchema = toRouteSchema(ResponsesRequest)

const choosing = (schemaOf: (body: unknown) => RouteSchema<EitherBody>): RouteSchema<EitherBody> => ({
  '~standard': {
    version: 1,
    vendor: 'typebox',
    validate: (body) => schemaOf(body)['~standard'].validate(body),
  },
})

/** For the path of Chat Completions. */
export const completionBody = choosing((body) => (isResponsesBody(body) ? responsesSchema : completionSchema))

/** For the path of Responses. */
export const responsesBody = choosing((body) => (isCompletionBody(body) ? completionSchema : responsesSchema))
