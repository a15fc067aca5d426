import { isObject, type Json } from '../../../base/json.ts'
import { refusal } from '../../../translate/openai-entrance/refusal.ts'
import { bytesPerUnit, type ResponseStore } from './response-store.ts'

/** A request whose references to kept responses are replaced by their items. */
export interface ResolvedRequest<Body> {
  readonly body: Body
  /** Of the items that the body itself does not have, about. */
  readonly addedBytes: number
}

interface StoredInputOptions {
  /** Undefined if the server keeps no responses. */
  readonly store: ResponseStore | undefined
  readonly owner: () => string
}

type Referring = Json & { readonly input?: unknown }

/** The items of an input, which may also be a text. */
export const inputItemsOf = ({ input }: Referring): readonly Json[] => {
  if (Array.isArray(input)) return input
  return typeof input === 'string' ? [{ type: 'message', role: 'user', content: input }] : []
}

const isReference = (item: unknown): item is Json & { readonly id: string } => {
  if (!isObject(item) || typeof item['id'] !== 'string') return false
  const { type } = item
  return type === 'item_reference' || ((type === undefined || type === null) && item['role'] === undefined)
}

const keepsNothing = 'this server keeps no responses. Send `store: false` and the whole input.'

const previousIdOf = (body: Referring): string | undefined => {
  const id = body['previous_response_id'] ?? undefined
  if (id === undefined || typeof id === 'string') return id
  throw refusal('invalid_value', ['previous_response_id'], 'expected a text')
}

const checkUnkept = (body: Referring): void => {
  if (previousIdOf(body) !== undefined) throw refusal('unsupported_parameter', ['previous_response_id'], keepsNothing)
  const index = inputItemsOf(body).findIndex(isReference)
  if (index !== -1) throw refusal('unsupported_value', ['input', index], keepsNothing)
}

const bytesOf = (items: readonly unknown[]): number =>
  items.length === 0 ? 0 : JSON.stringify(items).length * bytesPerUnit

/** What the client's previous request and its answer add to a conversation. */
const previousOf = (body: Referring, store: ResponseStore, owner: () => string) => {
  const id = previousIdOf(body)
  if (id === undefined) return { items: [], bytes: 0 }
  const previous = store.find(owner(), id)
  if (previous === undefined) {
    const sentence = 'this server has no response with this id. Send the whole input instead.'
    throw refusal('previous_response_not_found', ['previous_response_id'], sentence)
  }
  const { response, input, inputBytes } = previous
  return { items: [...input, ...response.output], bytes: inputBytes + bytesOf(response.output) }
}

/**
 * Puts the items of the previous response in front of the input, and kept items in the place of references (OE-R44).
 * References that the store does not know stay: the translation may find their thinking by the call's id.
 */
export const resolveStored = <Body extends Referring>(
  body: Body,
  { store, owner }: StoredInputOptions,
): ResolvedRequest<Body> => {
  if (store === undefined) {
    checkUnkept(body)
    return { body, addedBytes: 0 }
  }
  const previous = previousOf(body, store, owner)
  const found = new Map<Json, object>()
  const items = inputItemsOf(body)
  for (const item of items) {
    const kept = isReference(item) ? store.findItem(owner(), item.id) : undefined
    if (kept !== undefined) found.set(item, kept)
  }
  if (previous.items.length === 0 && found.size === 0) return { body, addedBytes: 0 }
  const input = [...previous.items, ...items.map((item) => found.get(item) ?? item)]
  return { body: { ...body, input }, addedBytes: previous.bytes + bytesOf([...found.values()]) }
}
