import type { Path } from '../../base/path.ts'
import type { ToolResultBlock } from '../../wire/anthropic/content.ts'
import type { CommandOutput, InputItem, ItemOf } from '../../wire/openai-responses/input-item.ts'
import { withMarker } from '../openai-entrance/content-parts.ts'
import type { OpenAiContext } from '../openai-entrance/context.ts'
import { toResultContent } from '../openai-entrance/result-content.ts'
import type { Calls } from './call-items.ts'

/** The results in a history (OE-R17, OE-R20). */
export type ResultItem = ItemOf<
  | 'function_call_output'
  | 'custom_tool_call_output'
  | 'local_shell_call_output'
  | 'shell_call_output'
  | 'apply_patch_call_output'
>

const types: readonly unknown[] = [
  'function_call_output',
  'custom_tool_call_output',
  'local_shell_call_output',
  'shell_call_output',
  'apply_patch_call_output',
] satisfies ResultItem['type'][]

export const isResult = (item: InputItem): item is ResultItem => types.includes(item.type)

const outcomeOf = ({ outcome }: CommandOutput): string => {
  if (outcome?.type === 'timeout') return 'The command was stopped after its time limit.'
  return outcome === undefined || outcome === null ? '' : `Exit code: ${outcome.exit_code ?? 'unknown'}`
}

const toCommandText = (output: CommandOutput): string => {
  const { stdout, stderr } = output
  const parts = [outcomeOf(output), stdout && `Output:\n${stdout}`, stderr && `Errors:\n${stderr}`]
  return parts.filter((part) => typeof part === 'string' && part !== '').join('\n')
}

const contentOf = (item: ResultItem, path: Path, context: OpenAiContext): ToolResultBlock['content'] => {
  switch (item.type) {
    case 'function_call_output':
    case 'custom_tool_call_output':
    case 'local_shell_call_output':
      return toResultContent(item.output, [...path, 'output'], context)
    case 'shell_call_output': {
      const output = Array.isArray(item.output) ? item.output.map(toCommandText).join('\n\n') : item.output
      return toResultContent(output, [...path, 'output'], context)
    }
    case 'apply_patch_call_output':
      return toResultContent(item.output || item.status, [...path, 'output'], context)
  }
}

const callIdOf = (item: ResultItem, calls: Calls): string => {
  switch (item.type) {
    case 'function_call_output':
    case 'custom_tool_call_output':
      return typeof item.call_id === 'string' ? calls.end(item.call_id) : calls.endLast(item)
    case 'local_shell_call_output':
      return calls.end(item.call_id ?? item.id ?? '')
    case 'shell_call_output':
    case 'apply_patch_call_output':
      return calls.end(item.call_id)
  }
}

export const toResult = (item: ResultItem, path: Path, calls: Calls, context: OpenAiContext): ToolResultBlock => {
  const content = contentOf(item, path, context)
  const result: ToolResultBlock = {
    type: 'tool_result',
    tool_use_id: callIdOf(item, calls) || 'unknown',
    ...(content !== undefined && { content }),
    ...(item.type === 'apply_patch_call_output' && item.status === 'failed' && { is_error: true }),
  }
  return withMarker(result, item, path)
}
