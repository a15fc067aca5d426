import { assertNever } from '../../base/assert-never.ts'
import { isObject, type Json } from '../../base/json.ts'
import type { HostedCallItem } from '../../wire/openai-responses/output-items.ts'
import type { ToolIdentity } from '../openai-entrance/answer-plan.ts'

/** Calls of hosted tools that the client runs (OE-R24, OE-R25). */

type HostedKind = Exclude<ToolIdentity['kind'], 'function' | 'custom'>
type Part<Item> = Item extends unknown ? Omit<Item, 'id' | 'call_id' | 'status'> : never

/** Models also write a list of one as a text. */
const listOf = (value: unknown): readonly string[] | undefined => {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  return list.every((entry) => typeof entry === 'string') ? list : undefined
}

const numberOrNull = (value: unknown): number | null => (typeof value === 'number' ? value : null)

const stringMembers = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(value ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )

const toLocalShellCall = ({ command, env, timeout_ms, working_directory }: Json): Part<HostedCallItem> | undefined => {
  const list = listOf(command)
  return (
    list && {
      type: 'local_shell_call',
      action: {
        type: 'exec',
        command: list,
        env: stringMembers(env),
        ...(typeof timeout_ms === 'number' && { timeout_ms }),
        ...(typeof working_directory === 'string' && { working_directory }),
      },
    }
  )
}

const toShellCall = ({ commands, timeout_ms, max_output_length }: Json): Part<HostedCallItem> | undefined => {
  const list = listOf(commands)
  const limits = { timeout_ms: numberOrNull(timeout_ms), max_output_length: numberOrNull(max_output_length) }
  return list && { type: 'shell_call', action: { commands: list, ...limits }, environment: null }
}

/** The members of each operation, which clients require. */
const operations: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['create_file', ['path', 'diff']],
  ['update_file', ['path', 'diff']],
  ['delete_file', ['path']],
])

/** Models also write the operation without the member around it. */
const toPatchCall = (input: Json): Part<HostedCallItem> | undefined => {
  const operation = isObject(input['operation']) ? input['operation'] : input
  const isValid = operations.get(operation['type'])?.every((member) => typeof operation[member] === 'string')
  return isValid ? { type: 'apply_patch_call', operation } : undefined
}

/**
 * Translates the model's input of a hosted tool to the members of the client's item; undefined if it does not have the
 * tool's shape.
 */
export const toHostedCall = (kind: HostedKind, input: Json): Part<HostedCallItem> | undefined => {
  switch (kind) {
    case 'local_shell':
      return toLocalShellCall(input)
    case 'shell':
      return toShellCall(input)
    case 'apply_patch':
      return toPatchCall(input)
    case 'tool_search':
      return { type: 'tool_search_call', execution: 'client', arguments: input }
    default:
      return assertNever(kind)
  }
}
