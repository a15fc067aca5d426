import type { Message } from '../../../../wire/anthropic/response.ts'
import { notTested } from '../cell.ts'
import { judged, type MatrixRow, planned } from '../row.ts'
import { afterThinking, sampleThought, thought, withEffort } from '../row-requests.ts'

const hasSignature = ({ content }: Message): boolean =>
  content.some((block) => (block.type === 'thinking' && block.signature !== '') || block.type === 'redacted_thinking')

export const thinkingRows: readonly MatrixRow[] = [
  {
    id: 'thinking',
    name: 'Extended thinking',
    group: 'published',
    what: 'the model thinks, and accepts its signature in the next turn',
    missing: (model) => (model.thinking.length === 0 ? 'the model does not think' : undefined),
    requests: ({ modelId }) => planned(thought(modelId), afterThinking(modelId, sampleThought)),
    async play({ modelId, open }) {
      const probe = open()
      const first = await probe.message(thought(modelId))
      if (first.error !== undefined) return judged(probe, first)
      if (!hasSignature(first.value)) return notTested('accepted, but the model answered without thinking')
      return judged(probe, await probe.message(afterThinking(modelId, first.value)), undefined, 'second turn: ')
    },
  },
  {
    id: 'effort_levels',
    name: 'Effort levels',
    group: 'ours',
    what: 'each level that the model is known to have is accepted',
    missing: ({ effort }) => (effort.length === 0 ? 'the model has no effort levels' : undefined),
    requests: ({ modelId, capabilities }) => planned(...capabilities.effort.map((level) => withEffort(modelId, level))),
    async play({ modelId, capabilities, open }) {
      const probe = open()
      let cell = notTested('the model has no effort levels')
      for (const level of capabilities.effort) {
        cell = judged(probe, await probe.message(withEffort(modelId, level)), undefined, `${level}: `)
        // What was refused once is not sent again.
        if (cell.status !== 'pass') return cell
      }
      return cell
    },
  },
]
