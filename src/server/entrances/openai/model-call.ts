import type { GatewayError } from '../../../base/errors.ts'
import type { NewId } from '../../../base/ids.ts'
import type { Logger } from '../../../base/logger.ts'
import type { RequestContext } from '../../../gateway/gateway.ts'
import { isThinkingRefused } from '../../../messages/client-wording.ts'
import { createNotes, type Notes } from '../../../messages/notes.ts'
import type { OpenAiNames } from '../../../models/openai-names.ts'
import type { AnswerIdentity } from '../../../translate/openai-entrance/answer-identity.ts'
import type { OpenAiContext, OpenAiPolicy } from '../../../translate/openai-entrance/context.ts'
import { withThinkingRules } from '../../../translate/openai-entrance/thinking-rules.ts'
import { withoutThinking } from '../../../translate/openai-entrance/without-thinking.ts'
import { createNoteLog } from '../../../upstreams/note-log.ts'
import type { MessagesRequest } from '../../../wire/anthropic/request.ts'
import type { Message } from '../../../wire/anthropic/response.ts'
import { type AnswerOptions, createAnswer } from '../../http/answer.ts'
import type { ReadJson } from '../../http/body.ts'
import type { StreamWriter } from '../../http/entrance.ts'
import { clientIdentityOf } from './client-identity.ts'
import { noteHeader, noteHeaderOf } from './note-header.ts'
import { createRecollection } from './recollection.ts'
import type { ThinkingMemory } from './thinking-memory.ts'

export interface OpenAiRoutesOptions extends AnswerOptions {
  readonly names: OpenAiNames
  readonly policy: OpenAiPolicy
  /** Whether thinking is kept for clients that cannot send it back (OE-C64). */
  readonly keepsThinking: boolean
  /** Number of responses that are kept in memory (OE-R44). */
  readonly storedResponses: number
  /** Whether this server or its upstream searches the web for the model. */
  readonly searchesWeb: boolean
  readonly readJson: ReadJson
  readonly newId: NewId
  /** Milliseconds since 1970. */
  readonly date: () => number
  readonly log: Logger
}

export interface ModelCallOptions extends OpenAiRoutesOptions {
  /** Undefined if no thinking is kept. */
  readonly thinkingMemory: ThinkingMemory | undefined
}

const millisecondsPerSecond = 1000

/** Seconds since 1970, as OpenAI's answers have them. */
export const secondsOf = ({ date }: OpenAiRoutesOptions): number => Math.floor(date() / millisecondsPerSecond)

/** `digits`: of the random part, if clients expect a number of them. */
export const newIdentity = (options: OpenAiRoutesOptions, prefix: string, digits?: number): AnswerIdentity => ({
  id: options.newId(prefix).slice(0, digits === undefined ? undefined : prefix.length + digits),
  created: secondsOf(options),
})

/** A request as its route has it. */
export interface RouteContext<Body> {
  readonly body: Body
  readonly request: Request
  readonly set: { headers: Record<string, unknown> }
}

type Translate<Body, Plan> = (
  body: Body,
  context: OpenAiContext,
) => { readonly request: MessagesRequest; readonly plan: Plan }

/** A translated request. */
interface ModelCall<Plan> {
  /** In the canonical format. */
  readonly request: MessagesRequest
  readonly plan: Plan
  /** Answers with the whole message, or with the stream of the writer. Rejects with GatewayError. */
  answer(createWriter: (requestId: string) => StreamWriter): Promise<Message | Response>
}

/** Keys of OpenAI clients are placeholders: they open this server at most, and are never forwarded (AU-K5). */
const callerOf = (request: Request, { scopeOf }: ModelCallOptions): Pick<RequestContext, 'caller'> => ({
  caller: { domain: scopeOf(request).domain, headers: request.headers, mayForwardKey: false },
})

type LogNotes = ReturnType<typeof createNoteLog>

/** Reports the notes of one request: logs each once, and names their members in a header of the answer. */
const createNoteReport = (
  notes: Notes,
  { set, ...call }: Parameters<LogNotes>[1] & Pick<RouteContext<unknown>, 'set'>,
  logNotes: LogNotes,
) => {
  let reported = 0
  return (): void => {
    logNotes(notes.all.slice(reported), call)
    reported = notes.all.length
    const header = noteHeaderOf(notes.all)
    if (header !== undefined) set.headers[noteHeader] = header
  }
}

/** Translates requests of OpenAI's protocols and calls the model, with the thinking that clients did not send back. */
export const createModelCalls = (options: ModelCallOptions) => {
  const { names, policy, searchesWeb, scopeOf, thinkingMemory, log } = options
  const answer = createAnswer(options)
  const logNotes = createNoteLog(log)
  return <Body extends { readonly model: string }, Plan>(
    { body, request, set }: RouteContext<Body>,
    translate: Translate<Body, Plan>,
  ): ModelCall<Plan> => {
    const { name, model, isGuessed } = names.resolve(body.model)
    const scope = scopeOf(request)
    const recollection = createRecollection(thinkingMemory, () => `${clientIdentityOf(request, scope)}\n${model.id}`)
    const notes = createNotes()
    const report = createNoteReport(notes, { set, requestId: scope.requestId, modelId: model.id }, logNotes)
    if (isGuessed) notes.changed(['model'], 'an unknown name: the main model answers')
    const context: OpenAiContext = { model, policy, searchesWeb, recall: recollection.recall, notes }
    const translated = translate(body, context)
    const canonical = { ...translated.request, model: name }
    report()
    const afterRefusal = (refusal: GatewayError): MessagesRequest | undefined => {
      const stripped = isThinkingRefused(refusal.message) ? withoutThinking(canonical) : undefined
      if (stripped === undefined) return undefined
      recollection.forget()
      notes.changed(['messages'], 'thinking of earlier turns: the model refused it, and answers without')
      const replacement = withThinkingRules(stripped, context)
      report()
      return replacement
    }
    return {
      request: canonical,
      plan: translated.plan,
      async answer(createWriter) {
        const answered = await answer({
          body: canonical,
          request,
          set,
          context: { ...callerOf(request, options), requestedModel: body.model, afterRefusal },
          createWriter: (requestId) => recollection.stream(createWriter(requestId)),
        })
        if (!(answered instanceof Response)) recollection.message(answered)
        return answered
      },
    }
  }
}
