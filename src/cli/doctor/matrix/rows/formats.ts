import { parseObject } from '../../../../base/json.ts'
import type { Message } from '../../../../wire/anthropic/response.ts'
import { hello } from '../../probe-requests.ts'
import { type Cell, notApplicable } from '../cell.ts'
import { judged, type MatrixRow, passed, planned } from '../row.ts'
import { longContextBeta, structured, systemTurn, tooManyTokens } from '../row-requests.ts'
import type { Outcome, Probe } from '../sender.ts'

const textOf = ({ content }: Message): string =>
  content.map((block) => (block.type === 'text' ? block.text : '')).join('')

const formatFault = (answer: Message): string | undefined =>
  typeof parseObject(textOf(answer))?.['number'] === 'number' ? undefined : 'the answer is not of the schema'

/** The tokens of the answer, if AI Nexus takes its own limit instead of a refusal. */
const overflowTokens = 100

/** The words with which Claude Code lowers the limit and repeats the request. */
const understood = /max_tokens: \d+ > \d+/

const overflowCell = (probe: Probe, outcome: Outcome<Message>): Cell => {
  const { error } = outcome
  if (error === undefined) return notApplicable('AI Nexus accepts any max_tokens')
  return understood.test(error.message) ? passed(probe, outcome) : judged(probe, outcome)
}

export const formatRows: readonly MatrixRow[] = [
  {
    id: 'structured_outputs',
    name: 'Structured outputs',
    group: 'published',
    what: 'the answer is an object of the schema',
    missing: ({ structuredOutput }) => (structuredOutput ? undefined : 'the model takes no schema for its answers'),
    requests: ({ modelId }) => planned(structured(modelId)),
    async play({ modelId, open }) {
      const probe = open()
      const outcome = await probe.message(structured(modelId))
      return judged(probe, outcome, (answer) => (probe.leftOut().length > 0 ? undefined : formatFault(answer)))
    },
  },
  {
    id: 'first_request_system_role',
    name: 'System messages in the conversation',
    group: 'ours',
    what: 'a system message between others is accepted unchanged',
    missing: ({ systemMessages }) =>
      systemMessages ? undefined : 'the model has none; the server sends them as text of the user',
    requests: ({ modelId }) => planned(systemTurn(modelId)),
    async play({ modelId, open }) {
      const probe = open({ systemMessages: 'native' })
      return judged(probe, await probe.message(systemTurn(modelId)))
    },
  },
  {
    id: 'long_context_1m',
    name: '1M context window',
    group: 'published',
    what: 'the beta flag of the window is accepted; no long prompt is sent',
    missing: ({ longContextBeta: hasFlag }) => (hasFlag ? undefined : 'the model has no flag for the window'),
    requests: ({ modelId }) => planned(hello(modelId)),
    async play({ modelId, open }) {
      const probe = open()
      return judged(probe, await probe.message(hello(modelId), [longContextBeta]))
    },
  },
  {
    id: 'count_tokens',
    name: 'Token counts',
    group: 'published',
    what: 'AI Nexus counts the tokens of a request',
    requests: ({ modelId }) => [{ request: hello(modelId), most: 0 }],
    async play({ modelId, open }) {
      const probe = open()
      const outcome = await probe.count(hello(modelId))
      const isMissing =
        outcome.error === undefined ? outcome.value === undefined : outcome.error.type === 'not_supported'
      return isMissing
        ? { status: 'healed', reason: 'the server estimates: AI Nexus does not count' }
        : judged(probe, outcome)
    },
  },
  {
    id: 'max_tokens_overflow',
    name: 'Too many tokens requested',
    group: 'ours',
    what: 'the refusal has the words with which Claude Code repeats the request',
    requests: ({ modelId }) => [{ request: tooManyTokens(modelId), most: overflowTokens }],
    async play({ modelId, open }) {
      const probe = open()
      return overflowCell(probe, await probe.message(tooManyTokens(modelId), [], { most: overflowTokens, tries: 1 }))
    },
  },
]
