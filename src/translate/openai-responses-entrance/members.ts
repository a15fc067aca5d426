import type { Json } from '../../base/json.ts'
import type { InputItem, ItemOf } from '../../wire/openai-responses/input-item.ts'
import type { OpenAiContext } from '../openai-entrance/context.ts'
import { booleanAt, objectAt, textAt } from '../openai-entrance/members.ts'
import { refusal } from '../openai-entrance/refusal.ts'

/** Members of a Responses request that Chat Completions does not have (OE-R6, OE-R10, OE-R11). */

const isSet = (value: unknown): boolean =>
  value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0)

/** The client would wait for an answer, or a prompt, that this server does not have. */
const refuseUnsupported = (body: Json): void => {
  if (booleanAt(body, 'background') === true)
    throw refusal('unsupported_parameter', ['background'], 'this server has no background mode: omit it')
  if (isSet(body['conversation']))
    throw refusal(
      'unsupported_parameter',
      ['conversation'],
      'this server stores no conversations: send the whole input',
    )
  if (isSet(body['prompt']))
    throw refusal('unsupported_parameter', ['prompt'], 'this server stores no prompts: send instructions and input')
}

const unsent = ['context_management', 'image', 'access_programs', 'background_options'] as const

const noteUnsent = (body: Json, { notes }: OpenAiContext): void => {
  for (const name of unsent) if (isSet(body[name])) notes.changed([name], 'the model has no such parameter')
  if (textAt(body, 'truncation') === 'auto') notes.changed(['truncation'], 'nothing is cut from the input')
  const verbosity = textAt(objectAt(body, 'text') ?? {}, 'verbosity', ['text']) ?? 'medium'
  if (verbosity !== 'medium') notes.changed(['text', 'verbosity'], 'the model has no such parameter')
}

export const checkMembers = (body: Json, context: OpenAiContext): void => {
  // The route reads it. Only checked here: another value must not count as true.
  booleanAt(body, 'store')
  refuseUnsupported(body)
  noteUnsent(body, context)
}

const isUpdate = (item: InputItem): item is ItemOf<'configuration_update'> => item.type === 'configuration_update'

/** The last update of the effort and of the format counts. */
export const withUpdates = (body: Json, items: readonly InputItem[]): Json => {
  const updates = items.filter(isUpdate)
  if (updates.length === 0) return body
  const merged = (name: 'reasoning' | 'text'): Json | undefined => {
    const parts = [objectAt(body, name), ...updates.map((update) => update[name] ?? undefined)]
    const given = parts.filter((part) => part !== undefined)
    return given.length === 0 ? undefined : Object.assign({}, ...given)
  }
  return { ...body, reasoning: merged('reasoning'), text: merged('text') }
}
