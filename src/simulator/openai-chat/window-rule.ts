import { requestedOutput } from './parameter-rules.ts'
import type { ChatRefusal } from './refusal.ts'
import type { ChatRule } from './rule.ts'
import { countPrompt } from './tokens.ts'

/** A prompt that, with its requested output, does not fit into the model's window. In tokens. */
interface Overflow {
  readonly window: number
  readonly prompt: number
  /** As requested; 0 if the request has no limit. */
  readonly output: number
}

/** Returns undefined if the server answers anyway. */
export type OverflowWords = (overflow: Overflow) => ChatRefusal | undefined

/** Checks the model's window with the simulator's token count, and refuses in the words of a server. */
export const windowRule =
  (words: OverflowWords): ChatRule =>
  ({ body, model: { window } }) => {
    const prompt = countPrompt(body)
    const output = requestedOutput(body) ?? 0
    return prompt + output > window ? words({ window, prompt, output }) : undefined
  }

const context = { param: 'messages', code: 'context_length_exceeded' } as const

export const openAiOverflow: OverflowWords = ({ window, prompt, output }) => ({
  message:
    prompt > window
      ? `This model's maximum context length is ${window} tokens. However, your messages resulted in ${prompt} tokens. Please reduce the length of the messages.`
      : `This model's maximum context length is ${window} tokens. However, you requested ${prompt + output} tokens (${prompt} in the messages, ${output} in the completion). Please reduce the length of the messages or completion.`,
  ...context,
})

export const vllmOverflow: OverflowWords = ({ window, prompt, output }) => ({
  message: `This model's maximum context length is ${window} tokens. However, you requested ${output} output tokens and your prompt contains at least ${prompt} input tokens, for a total of at least ${prompt + output} tokens. Please reduce the length of the input prompt or the number of requested output tokens.`,
  type: 'BadRequestError',
  param: 'input_tokens',
})
