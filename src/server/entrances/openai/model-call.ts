import type { NewId } from '../../../base/ids.ts'
import type { Logger } from '../../../base/logger.ts'
import type { RequestContext } from '../../../gateway/gateway.ts'
import { createNotes } from '../../../messages/notes.ts'
import type { OpenAiNames } from '../../../models/openai-names.ts'
import type { AnswerIdentity } from '../../../translate/openai-entrance/answer-identity.ts'
import type { OpenAiContext, OpenAiPolicy } from '../../../translate/openai-entrance/context.ts'
import type { MessagesRequest } from '../../../wire/anthropic/request.ts'
import type { AnswerOptions } from '../../http/answer.ts'
import type { ReadJson } from '../../http/body.ts'

export interface OpenAiRoutesOptions extends AnswerOptions {
  readonly names: OpenAiNames
  readonly policy: OpenAiPolicy
  /** Whether thinking is kept for clients that cannot send it back (OE-C64). */
  readonly keepsThinking: boolean
  /** Number of responses that are kept in memory (OE-R44). */
  readonly storedResponses: number
  readonly readJson: ReadJson
  readonly newId: NewId
  /** Milliseconds since 1970. */
  readonly date: () => number
  readonly log: Logger
}

const millisecondsPerSecond = 1000

export const newIdentity = ({ newId, date }: OpenAiRoutesOptions, prefix: string): AnswerIdentity => ({
  id: newId(prefix),
  created: Math.floor(date() / millisecondsPerSecond),
})

/** Translates a body, with the model that its name stands for. */
export const translateBody = <Body extends { readonly model: string }, Plan>(
  body: Body,
  { names, policy }: OpenAiRoutesOptions,
  translate: (body: Body, context: OpenAiContext) => { readonly request: MessagesRequest; readonly plan: Plan },
): { readonly request: MessagesRequest; readonly plan: Plan } => {
  const { name, model } = names.resolve(body.model)
  const context: OpenAiContext = {
    model,
    policy,
    runsServerTools: false,
    recall: () => undefined,
    notes: createNotes(),
  }
  const { request, plan } = translate(body, context)
  return { request: { ...request, model: name }, plan }
}

/** Keys of OpenAI clients are placeholders: they open this server at most, and are never forwarded (AU-K5). */
export const callerOf = (request: Request, { scopeOf }: OpenAiRoutesOptions): Pick<RequestContext, 'caller'> => ({
  caller: { domain: scopeOf(request).domain, headers: request.headers, mayForwardKey: false },
})
