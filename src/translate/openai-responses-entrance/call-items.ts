import { isObject, type Json } from '../../base/json.ts'
import type { Path } from '../../base/path.ts'
import type { Notes } from '../../messages/notes.ts'
import type { ToolUseBlock } from '../../wire/anthropic/content.ts'
import type { ItemOf } from '../../wire/openai-responses/input-item.ts'
import type { ToolIdentity } from '../openai-entrance/answer-plan.ts'
import { toCustomInput, toToolInput } from '../openai-entrance/arguments.ts'
import { withMarker } from '../openai-entrance/content-parts.ts'
import type { ToolNames } from './tool-names.ts'

/** The calls in a history (OE-R16, OE-R18, OE-R20). */
export type CallItem = ItemOf<
  'function_call' | 'custom_tool_call' | 'local_shell_call' | 'shell_call' | 'apply_patch_call' | 'tool_search_call'
>

const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || (isObject(value) && Object.keys(value).length === 0)

/** The model's own input, without the members that were added for the client. */
const toActionInput = (action: Json): Json =>
  Object.fromEntries(Object.entries(action).filter(([name, value]) => name !== 'type' && !isEmpty(value)))

const inputOf = (item: CallItem, path: Path, notes: Notes): object => {
  switch (item.type) {
    case 'function_call':
    case 'tool_search_call':
      return toToolInput(item.arguments, [...path, 'arguments'], notes)
    case 'custom_tool_call':
      return toCustomInput(item.input ?? '')
    case 'local_shell_call':
    case 'shell_call':
      return toActionInput(item.action)
    case 'apply_patch_call':
      return { operation: item.operation }
  }
}

/** Some clients send an empty namespace for none. */
const named = (name: string, namespace: string | null | undefined): Pick<ToolIdentity, 'name' | 'namespace'> =>
  namespace ? { name, namespace } : { name }

const identityOf = (item: CallItem): ToolIdentity => {
  switch (item.type) {
    case 'function_call':
    case 'custom_tool_call': {
      const kind = item.type === 'function_call' ? 'function' : 'custom'
      return { kind, ...named(item.name, item.namespace) }
    }
    case 'local_shell_call':
      return { kind: 'local_shell', name: 'local_shell' }
    case 'shell_call':
      return { kind: 'shell', name: 'shell' }
    case 'apply_patch_call':
      return { kind: 'apply_patch', name: 'apply_patch' }
    case 'tool_search_call':
      return { kind: 'tool_search', name: 'tool_search' }
  }
}

/** Calls without a result. */
interface OpenCall {
  readonly id: string
  readonly itemId: unknown
  /** Canonical. */
  readonly name: string
}

/** Translates calls, and finds the call of an output. */
export class Calls {
  readonly #names: ToolNames
  readonly #notes: Notes
  #open: OpenCall[] = []

  constructor(names: ToolNames, notes: Notes) {
    this.#names = names
    this.#notes = notes
  }

  toToolUse(item: CallItem & Json, path: Path): ToolUseBlock {
    const id = item.call_id ?? String(item['id'] ?? '')
    const name = this.#names.nameOfCall(identityOf(item))
    this.#open.push({ id, itemId: item['id'], name })
    return withMarker({ type: 'tool_use', id, name, input: inputOf(item, path, this.#notes) }, item, path)
  }

  /** Ends the call that an output names by the id of the call, or of its item. */
  end(id: string): string {
    const call = this.#open.find((open) => open.id === id) ?? this.#open.find(({ itemId }) => itemId === id)
    this.#open = this.#open.filter((open) => open !== call)
    return call?.id ?? id
  }

  /** Ends the last call of a tool, for an output without an id. */
  endLast(item: ItemOf<'function_call_output' | 'custom_tool_call_output'>): string {
    const { name, namespace } = item
    const canonical =
      typeof name === 'string' ? this.#names.nameOfCall({ kind: 'function', ...named(name, namespace) }) : undefined
    const call = this.#open.findLast((open) => canonical === undefined || open.name === canonical)
    return this.end(call?.id ?? 'unknown')
  }
}
