import { isObject, parseObject } from '../../base/json.ts'
import { toAnswerError } from '../../upstreams/anthropic/error-answers.ts'
import type { Caller, NativeResponse } from '../../upstreams/upstream.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { SetUp } from '../config/set-up.ts'
import type { ProbeOutcome, Session } from './session.ts'

/** Tiny requests to Anthropic's API, with the credential of a caller. */

interface ProbeRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly query: string
  readonly body: Uint8Array | undefined
}

/** A request of the program itself, or of a client that calls the server by a domain's name. */
const callerOf = async (session: Session, host: string | undefined): Promise<Caller> => ({
  domain: host === undefined ? undefined : await session.upstream.domains?.find(host),
  headers: new Headers({ 'content-type': 'application/json' }),
  mayForwardKey: false,
})

const textOf = async (body: NativeResponse['body']): Promise<string> => {
  const decoder = new TextDecoder()
  if (body === undefined || body instanceof Uint8Array) return decoder.decode(body)
  let text = ''
  for await (const chunk of body) text += decoder.decode(chunk, { stream: true })
  return text
}

/** Resolves to the body of the answer. */
const send = (session: Session, host: string | undefined, request: ProbeRequest): Promise<ProbeOutcome<string>> =>
  session.attempt('', async ({ native }, context) => {
    if (native === undefined) throw new Error('no native lane')
    const { status, headers, body } = await native.forward({
      ...context,
      ...request,
      caller: await callerOf(session, host),
    })
    const text = await textOf(body)
    if (status >= 400) throw toAnswerError({ status, headers, text })
    return text
  })

/** Resolves to the number of models. `host` names the domain whose credential is sent. */
export const listModels = async (session: Session, host: string | undefined): Promise<ProbeOutcome<number>> => {
  const outcome = await send(session, host, {
    method: 'GET',
    path: '/v1/models',
    query: '?limit=1000',
    body: undefined,
  })
  if (outcome.error !== undefined) return outcome
  const list = parseObject(outcome.value)?.['data']
  return { ...outcome, value: Array.isArray(list) ? list.filter(isObject).length : 0 }
}

/** The shortest message that the API answers. */
const oneToken = (model: string): MessagesRequest => ({
  model,
  max_tokens: 1,
  messages: [{ role: 'user', content: 'Hi' }],
})

/** The requests that cost tokens. */
export const anthropicRequests = ({ model, smallModel }: SetUp): MessagesRequest[] =>
  [model, smallModel].map((resolved) => oneToken(resolved.model.id))

export const sendOneToken = (
  session: Session,
  host: string | undefined,
  model: string,
): Promise<ProbeOutcome<string>> =>
  send(session, host, {
    method: 'POST',
    path: '/v1/messages',
    query: '',
    body: new TextEncoder().encode(JSON.stringify(oneToken(model))),
  })
