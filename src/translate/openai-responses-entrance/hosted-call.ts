import { assertNever } from '../../base/assert-never.ts'
import { isObject, type Json } from '../../base/json.ts'
import type { HostedCallItem } from '../../wire/openai-responses/output-items.ts'
import type { ToolIdentity } from '../openai-entrance/answer-plan.ts'

/** Calls of hosted tools that the client runs (OE-R24, OE-R25). */

type HostedKind = Exclude<ToolIdentity['kind'], 'function' | 'custom'>
type Part<Item> = Item extends unknown ? Omit<Item, 'id' | 'call_id' | 'status'> : never

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.map((entry) => (typeof entry === 'string' ? entry : JSON.stringify(entry))) : []

/** Models also write a list of one as a text. */
const list = (value: unknown): readonly string[] => (typeof value === 'string' ? [value] : texts(value))

const numberOrNull = (value: unknown): number | null => (typeof value === 'number' ? value : null)

const stringMembers = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(value ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )

/** Translates the model's input of a hosted tool to the members of the client's item. */
export const toHostedCall = (kind: HostedKind, input: Json): Part<HostedCallItem> => {
  switch (kind) {
    case 'local_shell': {
      const { command, env, timeout_ms, working_directory } = input
      return {
        type: 'local_shell_call',
        action: {
          type: 'exec',
          command: list(command),
          env: stringMembers(env),
          ...(typeof timeout_ms === 'number' && { timeout_ms }),
          ...(typeof working_directory === 'string' && { working_directory }),
        },
      }
    }
    case 'shell':
      return {
        type: 'shell_call',
        action: {
          commands: list(input['commands']),
          timeout_ms: numberOrNull(input['timeout_ms']),
          max_output_length: numberOrNull(input['max_output_length']),
        },
        environment: null,
      }
    case 'apply_patch':
      return { type: 'apply_patch_call', operation: isObject(input['operation']) ? input['operation'] : input }
    case 'tool_search':
      return { type: 'tool_search_call', execution: 'client', arguments: input }
    default:
      return assertNever(kind)
  }
}
