import { isObject } from '../../base/json.ts'
import type { Message } from '../../wire/anthropic/response.ts'
import type { ToolUseVerdict } from '../../wire/anthropic/safeguards.ts'
import { reportTool } from './policy.ts'

/** Reads the small model's report. Only a call of the report tool counts; text is not a verdict. */

type Evaluated = Extract<ToolUseVerdict, { type: 'evaluated' }>

const longestExplanation = 300

/** One line without a full stop: the client puts it into a sentence. Undefined if it is empty. */
const toExplanation = (value: unknown): string | undefined => {
  if (typeof value !== 'string') return undefined
  const line = value
    .slice(0, 2 * longestExplanation)
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, longestExplanation)
    .replace(/[.\s]+$/, '')
  return line === '' ? undefined : line
}

const toVerdict = (outcome: unknown, explanation: unknown): Evaluated | undefined => {
  if (outcome === 'not_flagged') return { type: 'evaluated', outcome }
  if (outcome !== 'flagged') return undefined
  const words = toExplanation(explanation)
  return { type: 'evaluated', outcome, ...(words !== undefined && { explanation: words }) }
}

/** Verdicts by id; of two verdicts on one call, the stricter wins. Ignores ids that were not requested. */
export const readVerdicts = ({ content }: Message, ids: ReadonlySet<string>): Map<string, Evaluated> => {
  const verdicts = new Map<string, Evaluated>()
  for (const block of content) {
    if (block.type !== 'tool_use' || block.name !== reportTool.name || !isObject(block.input)) continue
    const reported = block.input['verdicts']
    for (const item of Array.isArray(reported) ? reported : []) {
      if (!isObject(item) || typeof item['id'] !== 'string' || !ids.has(item['id'])) continue
      const verdict = toVerdict(item['outcome'], item['explanation'])
      if (verdict === undefined || verdicts.get(item['id'])?.outcome === 'flagged') continue
      verdicts.set(item['id'], verdict)
    }
  }
  return verdicts
}
