import { byModel, type Rule } from './rule.ts'
import { countRequest } from './tokens.ts'

/** The model's context window, by the simulator's own count. */

const longWindow = 1_000_000
const longContextBeta = 'context-1m-2025-08-07'

export const windowRule: Rule = ({ body, model }) => {
  const flags = body.additionalModelRequestFields?.['anthropic_beta']
  const window = Array.isArray(flags) && flags.includes(longContextBeta) ? longWindow : model.window
  const input = countRequest(body)
  if (input > window) return byModel(`prompt is too long: ${input} tokens > ${window} maximum`)
  const output = body.inferenceConfig?.maxTokens ?? 0
  return input + output > window
    ? byModel(
        `input length and \`max_tokens\` exceed context limit: ${input} + ${output} > ${window}, decrease input length or \`max_tokens\` and try again`,
      )
    : undefined
}
