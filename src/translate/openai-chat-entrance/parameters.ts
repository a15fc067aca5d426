import { isObject, type Json } from '../../base/json.ts'
import { isBlank } from '../../messages/blank.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { OpenAiContext } from '../openai-entrance/context.ts'
import { booleanAt, listAt, numberAt } from '../openai-entrance/members.ts'
import { type SharedParameters, toParameters } from '../openai-entrance/parameters.ts'
import { refusal } from '../openai-entrance/refusal.ts'

/** The newer member first (OE-C3). */
const limits = ['max_completion_tokens', 'max_tokens']

/** Claude refuses a stop sequence of white space (OE-C6). */
const toStopSequences = (body: Json, { notes }: OpenAiContext): string[] => {
  const stop = typeof body['stop'] === 'string' ? [body['stop']] : (listAt(body, 'stop') ?? [])
  return stop.flatMap((sequence, index) => {
    if (typeof sequence !== 'string') throw refusal('invalid_value', ['stop', index], 'expected a string')
    if (sequence === '') return []
    if (!isBlank(sequence)) return [sequence]
    notes.changed(['stop'], 'a sequence of white space is left out: the model refuses it')
    return []
  })
}

/** Requests for something that the client would read in the answer (OE-C7, OE-C13, OE-C14). */
const refuseUnsupported = (body: Json): void => {
  const choices = numberAt(body, 'n') ?? 1
  if (choices !== 1) throw refusal('unsupported_value', ['n'], 'the model gives one choice: expected 1')
  if (booleanAt(body, 'logprobs') === true)
    throw refusal('unsupported_parameter', ['logprobs'], 'the model reports no probabilities')
  if (listAt(body, 'modalities')?.includes('audio') === true)
    throw refusal('unsupported_value', ['modalities'], 'the model answers with text only')
  if ((body['audio'] ?? undefined) !== undefined)
    throw refusal('unsupported_parameter', ['audio'], 'the model answers with text only')
}

const isSet = (value: unknown): boolean => value !== undefined && value !== null

/** Members that only affect the sampling or the cost, and whether a value asks for anything (OE-C16, OE-C18). */
const unsent: readonly (readonly [name: string, requests: (value: unknown) => boolean])[] = [
  ['presence_penalty', (value) => isSet(value) && value !== 0],
  ['frequency_penalty', (value) => isSet(value) && value !== 0],
  ['logit_bias', (value) => isObject(value) && Object.keys(value).length > 0],
  ['seed', isSet],
  ['verbosity', (value) => isSet(value) && value !== 'medium'],
]

const noteUnsent = (body: Json, { notes }: OpenAiContext): void => {
  for (const [name, requests] of unsent) {
    if (requests(body[name])) notes.changed([name], 'the model has no such parameter')
  }
  if (isSet(body['prediction'])) notes.dropped(['prediction'], 'the model cannot use a predicted answer')
  if (booleanAt(body, 'store') === true) notes.dropped(['store'], 'answers of Chat Completions are not stored')
}

export type ChatParameters = SharedParameters & Pick<MessagesRequest, 'stop_sequences'>

/** Translates the members of Chat Completions that are neither messages nor tools. Throws a 400 that names the member. */
export const toChatParameters = (body: Json, context: OpenAiContext): ChatParameters => {
  refuseUnsupported(body)
  noteUnsent(body, context)
  const stopSequences = toStopSequences(body, context)
  return {
    ...toParameters(body, limits, context),
    ...(stopSequences.length > 0 && { stop_sequences: stopSequences }),
  }
}
