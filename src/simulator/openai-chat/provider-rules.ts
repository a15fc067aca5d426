import { isObject, objectsIn } from '../../base/json.ts'
import { callIdsOf } from './conversation-rules.ts'
import { forEachPart } from './media-rules.ts'
import { type ChatRefusal, firstRefusalOf } from './refusal.ts'
import type { ChatRule } from './rule.ts'
import type { ChatMessage } from './schema.ts'

/** Refusals that only some servers have, with their words. */

/** For chat templates that require the system message first. */
export const systemFirst =
  (refusal: ChatRefusal): ChatRule =>
  ({ body: { messages } }) =>
    messages.some(({ role }, index) => role === 'system' && index > 0) ? refusal : undefined

/** For chat templates that require alternating roles. */
export const alternation =
  (refusal: ChatRefusal): ChatRule =>
  ({ body: { messages } }) => {
    const sides = messages
      .map(({ role }) => role)
      .filter((role) => role === 'user' || role === 'assistant' || role === 'tool')
    const isBroken = sides.some((role, index) => role !== 'tool' && role === sides[index - 1])
    return isBroken || sides[0] === 'assistant' ? refusal : undefined
  }

export const dataUrlsOnly = (words: (url: string) => string): ChatRule =>
  forEachPart((part) =>
    part.type === 'image_url' && !part.image_url.url.startsWith('data:')
      ? { message: words(part.image_url.url) }
      : undefined,
  )

/** Servers that parse the arguments of earlier calls refuse those that are not a JSON object. */
export const parsableArguments =
  (refusal: ChatRefusal): ChatRule =>
  ({ body: { messages } }) =>
    messages.some(({ tool_calls: calls = [] }) =>
      calls.some(({ function: call }) => {
        try {
          return !isObject(JSON.parse(call?.arguments ?? '{}'))
        } catch {
          return true
        }
      }),
    )
      ? refusal
      : undefined

const shortId = /^[a-zA-Z0-9]{9}$/

export const nineCharacterIds: ChatRule = ({ body: { messages } }) =>
  firstRefusalOf(messages, (message) => {
    const ids = [...callIdsOf(message), ...(message.tool_call_id === undefined ? [] : [message.tool_call_id])]
    const wrong = ids.find((id) => !shortId.test(id))
    return wrong === undefined
      ? undefined
      : {
          message: `Tool call id was ${wrong} but must be a-z, A-Z, 0-9, with a length of 9.`,
          type: 'invalid_request_message_order',
          code: '3280',
        }
  })

const orderRefusal = (message: string): ChatRefusal => ({
  message,
  type: 'invalid_request_message_order',
  code: '3230',
})

/** Mistral: the roles that may follow each role. */
export const mistralOrder: ChatRule = ({ body: { messages } }) => {
  const last = messages.at(-1)
  if (last?.role === 'assistant' && last['prefix'] !== true) {
    return orderRefusal('Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant')
  }
  return firstRefusalOf(messages, ({ role }, index) => {
    const before = messages[index - 1]?.role
    const isRefused = (role === 'user' && before === 'tool') || (role === 'system' && index > 0 && before !== 'system')
    return isRefused ? orderRefusal(`Unexpected role '${role}' after role '${before}'`) : undefined
  })
}

const isEmpty = ({ content, tool_calls: calls, reasoning_content: thoughts, role }: ChatMessage): boolean =>
  (content ?? '') === '' && (role !== 'assistant' || (calls === undefined && (thoughts ?? '') === ''))

/** Kimi refuses empty messages. */
export const nothingEmpty: ChatRule = ({ body: { messages } }) =>
  firstRefusalOf(messages, (message, index) =>
    isEmpty(message)
      ? {
          message: `Invalid request: the message at position ${index} with role '${message.role}' must not be empty`,
        }
      : undefined,
  )

const patternsOf = (schema: unknown): readonly string[] => {
  if (Array.isArray(schema)) return schema.flatMap(patternsOf)
  if (!isObject(schema)) return []
  const own = typeof schema['pattern'] === 'string' ? [schema['pattern']] : []
  return [...own, ...Object.values(schema).flatMap(patternsOf)]
}

const mostRepetitions = 2000
const repetitionMembers = ['minLength', 'maxLength', 'minItems', 'maxItems']

const repeatsTooOften = (schema: unknown): boolean => {
  if (Array.isArray(schema)) return schema.some(repeatsTooOften)
  if (!isObject(schema)) return false
  const isTooMany = repetitionMembers.some((name) => Number(schema[name] ?? 0) > mostRepetitions)
  return isTooMany || Object.values(schema).some(repeatsTooOften)
}

/** llama.cpp compiles the tools to a grammar, and does not support classes in patterns (OU-Q54). */
export const grammar: ChatRule = ({ body: { tools } }) => {
  const schemas = objectsIn(tools).map(({ function: tool }) => (isObject(tool) ? tool['parameters'] : undefined))
  const isRefused = schemas.some(
    (schema) => patternsOf(schema).some((pattern) => /\\[dwsbDWSB]|\(\?/.test(pattern)) || repeatsTooOften(schema),
  )
  return isRefused ? { message: 'failed to parse grammar', code: 400 } : undefined
}

/** DeepSeek and others do not support schemas for answers. */
export const formatTypes =
  (types: readonly string[], message: string): ChatRule =>
  ({ body: { response_format: format } }) =>
    format === undefined || types.includes(format.type) ? undefined : { message }
