import { GatewayError } from '../../base/errors.ts'
import { parseExactAt } from '../../base/exact-json.ts'
import { parseObject } from '../../base/json.ts'
import type { Logger } from '../../base/logger.ts'
import { isEventStreamType } from '../../codec/sse/content-type.ts'
import { createNotes } from '../../messages/notes.ts'
import { toAcceptedRequest } from '../../translate/anthropic-to-anthropic/request.ts'
import { carriedInMessage } from '../../wire/anthropic/carried.ts'
import type { CountTokensRequest, MessagesRequest } from '../../wire/anthropic/request.ts'
import type { Message } from '../../wire/anthropic/response.ts'
import type { HttpResponse } from '../http/post.ts'
import { createNoteLog } from '../note-log.ts'
import type { CallContext, Upstream } from '../upstream.ts'
import type { AnthropicClient } from './client.ts'
import { toCompleteMessage } from './complete-message.ts'
import type { FailedAnswer } from './credentials/credential.ts'
import { badAnswer, toAnswerError } from './error-answers.ts'
import { readEvents } from './response-events.ts'

/** The interface for clients of other protocols: requests and responses are objects, not bytes (AU-N14). */

const messagesPath = '/v1/messages'
const eventStream = 'text/event-stream'
const json = 'application/json'

/**
 * Such a client's own headers are for another API: only the name of its program goes out, and the beta flags that were
 * checked.
 */
const headersFor = ({ caller }: CallContext, betas: readonly string[], accept: string): Headers => {
  const headers = new Headers({ accept, 'content-type': json })
  const program = caller?.headers.get('user-agent')
  if (typeof program === 'string') headers.set('user-agent', program)
  if (betas.length > 0) headers.set('anthropic-beta', betas.join(','))
  return headers
}

const parseMessage = (text: string): Message => {
  const message = parseObject(text, (body) => parseExactAt(body, carriedInMessage))
  if (message?.['type'] !== 'message' || !Array.isArray(message['content']))
    throw badAnswer('Anthropic answered 200 with a body that is not a message.')
  return toCompleteMessage(message)
}

const parseCount = (text: string): number => {
  const count = parseObject(text)?.['input_tokens']
  if (!Number.isInteger(count) || Number(count) < 0)
    throw badAnswer('Anthropic answered 200 with a body that is not a count of tokens.')
  return Number(count)
}

/** A server that imitates Anthropic's API may not have this path. Anthropic's own errors have a type. */
const cannotCount = ({ status, text }: FailedAnswer): boolean =>
  [404, 405, 501].includes(status) && parseObject(text)?.['type'] !== 'error'

/** Creates the part of the upstream that reads what it sends and gets. `modelMap`: names of models to replace (AU-N7). */
export const createMessages = (
  client: AnthropicClient,
  modelMap: ReadonlyMap<string, string>,
  log: Logger,
): Required<Pick<Upstream, 'message' | 'stream' | 'countTokens'>> => {
  const toModel = (request: MessagesRequest, { modelId, onSent }: CallContext): string => {
    const mapped = modelMap.get(modelId)
    if (mapped !== undefined) onSent?.(request, mapped)
    return mapped ?? modelId
  }

  const logNotes = createNoteLog(log)

  /** `members`: those that the upstream sets. */
  const send = (
    path: string,
    given: CountTokensRequest,
    members: Pick<MessagesRequest, 'model' | 'stream'>,
    context: CallContext,
    accept = json,
  ) => {
    const notes = createNotes()
    const { request: accepted, betas } = toAcceptedRequest(given, members.model, context.betas, notes)
    logNotes(notes.all, context)
    return client.send({
      ...context,
      method: 'POST',
      path,
      query: '',
      headers: headersFor(context, betas, accept),
      // Retries send the same bytes.
      body: JSON.stringify({ ...accepted, ...members }),
      caller: context.caller,
    })
  }

  const request = async (given: MessagesRequest, isStream: boolean, context: CallContext): Promise<HttpResponse> => {
    const members = { model: toModel(given, context), stream: isStream }
    const answer = await send(messagesPath, given, members, context, isStream ? eventStream : json)
    if (!answer.ok) throw toAnswerError(answer.response)
    return answer.response
  }

  return {
    message: async (given, context) => parseMessage(await (await request(given, false, context)).text()),

    async stream(given, context) {
      const response = await request(given, true, context)
      const chunks = response.chunks()
      if (isEventStreamType(response.headers.get('content-type'))) return readEvents(chunks)
      await chunks.return?.()
      throw badAnswer('Anthropic answered a streaming request without a stream.')
    },

    async countTokens(given: CountTokensRequest, context) {
      const model = modelMap.get(context.modelId) ?? context.modelId
      const answer = await send(`${messagesPath}/count_tokens`, given, { model }, context)
      if (answer.ok) return parseCount(await answer.response.text())
      if (cannotCount(answer.response))
        throw new GatewayError('not_supported', `${messagesPath}/count_tokens is unknown there.`, { isLoggable: true })
      throw toAnswerError(answer.response)
    },
  }
}
