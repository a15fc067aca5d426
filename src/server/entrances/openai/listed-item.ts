import { isObject, type Json } from '../../../base/json.ts'

const partTypeOf = (role: unknown): string => (role === 'assistant' ? 'output_text' : 'input_text')

/**
 * An item of the input as OpenAI's server lists it: clients may send a message without a type, and its content as a
 * text.
 */
export const toListedItem = (item: object): Json => {
  if (!isObject(item) || item['role'] === undefined) return item as Json
  const { role, content } = item
  const parts = typeof content === 'string' ? [{ type: partTypeOf(role), text: content }] : content
  return { type: 'message', ...item, content: parts }
}
