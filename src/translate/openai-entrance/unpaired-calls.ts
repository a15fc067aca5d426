import { GatewayError } from '../../base/errors.ts'
import type { Path } from '../../base/path.ts'
import type { ContentBlock, ToolResultBlock, ToolResultContent } from '../../wire/anthropic/content.ts'

/** Calls without a result, and results without a call. */

const isContentBlock = (block: ToolResultContent): block is ToolResultContent & ContentBlock =>
  block.type !== 'tool_reference' && block.type !== 'browser_state'

/** The content of a result whose call is not in the history any more, as the user's own blocks (OE-C38). */
export const toUnpairedResult = ({ tool_use_id: id, content }: ToolResultBlock): ContentBlock[] => {
  const heading = `[result of an earlier tool call ${id}]`
  if (!Array.isArray(content)) {
    return [{ type: 'text', text: content === undefined || content === null ? heading : `${heading}\n${content}` }]
  }
  return [{ type: 'text', text: heading }, ...content.filter(isContentBlock)]
}

/** The 400 for a conversation that ends with calls, in the words of each protocol (OE-C37). */
export const openCalls = (ids: readonly string[], path: Path): GatewayError => {
  const [root = 'messages'] = path
  const rule =
    root === 'input'
      ? 'No tool output found for a function call.'
      : "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'."
  const message =
    root === 'input'
      ? `No tool output found for function call ${ids[0]}.`
      : `${rule} The following tool_call_ids did not have response messages: ${ids.join(', ')}`
  return new GatewayError('invalid_request_error', message, { path: [root], reason: rule })
}
