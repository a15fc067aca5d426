import type { ModelCapabilities } from '../../../../translate/capabilities/table.ts'
import type { Message } from '../../../../wire/anthropic/response.ts'
import { toolCall, toolName } from '../../probe-requests.ts'
import { judged, type MatrixRow, ofOneRequest, planned } from '../row.ts'
import { afterTool, anyTool, loadedTool, sampleCall } from '../row-requests.ts'

const callFault = ({ content }: Message): string | undefined =>
  content.some((block) => block.type === 'tool_use' && block.name === toolName)
    ? undefined
    : 'the model did not call the tool'

/** These requests have no part that could be left out. */
const nothingOptional = { tries: 1 }

/** Without it, the model may answer without a call, which says nothing. */
const unforced = ({ forcedTool }: ModelCapabilities): string | undefined =>
  forcedTool === 'never' ? 'the model cannot be made to call a tool' : undefined

export const toolRows: readonly MatrixRow[] = [
  {
    id: 'tool_use',
    name: 'Tool use',
    group: 'published',
    what: 'the model calls a tool, and accepts its result in the next turn',
    missing: unforced,
    requests: ({ modelId }) => planned(anyTool(modelId), afterTool(modelId, sampleCall)),
    async play({ modelId, open }) {
      const probe = open()
      const first = await probe.message(anyTool(modelId), [], nothingOptional)
      const called = judged(probe, first, callFault)
      if (first.error !== undefined || called.status === 'fail') return called
      return judged(
        probe,
        await probe.message(afterTool(modelId, first.value), [], nothingOptional),
        undefined,
        'second turn: ',
      )
    },
  },
  {
    id: 'tool_search',
    name: 'Tool search',
    group: 'published',
    what: 'the model calls a deferred tool that a search has loaded',
    missing: unforced,
    ...ofOneRequest(loadedTool, callFault, nothingOptional),
  },
  {
    id: 'forced_tool',
    name: 'Forced tool',
    group: 'ours',
    what: 'the model calls the tool that the request names',
    missing: unforced,
    ...ofOneRequest(toolCall, callFault, nothingOptional),
  },
]
