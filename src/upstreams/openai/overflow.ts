import { inputAndMaxTokensTooLong, promptTooLong } from '../../messages/client-wording.ts'
import type { Reported } from './reported.ts'

/** Detects a conversation that is too long, and words the error so that Claude Code shortens it (OU-E10). */

/** Each provider's words. */
const overflowWords: readonly RegExp[] = [
  /maximum context length/i,
  /exceeds the context window/i,
  /context length/i,
  /context window exceeds/i,
  /exceeded model token limit/i,
  /maximum prompt length is [\d,]+ but the request contains/i,
  /reduce the length of the messages/i,
  /exceeds the available context size/i,
  /exceeds the limit of [\d,]+/i,
  /too large for model with [\d,]+ maximum/i,
  /prompt too long; exceeded/i,
  /prompt is too long/i,
  /range of input length should be/i,
]

/** OpenAI's code, and Zhipu's. */
const overflowCodes = /^(?:context_length_exceeded|1261)$/

const rateWords = /rate limit|too many requests|per min/i
/** Errors about a tool's name that is too long contain `maximum length`, too. */
const otherLength = /tool name|function\.name|'name'|tool_call_id|tool_calls\[\d+\]\.id/i

const number = (digits: string | undefined): number | undefined => {
  const value = digits === undefined ? Number.NaN : Number(digits.replaceAll(/[,_ ]/g, ''))
  return Number.isSafeInteger(value) ? value : undefined
}

interface Figures {
  readonly input?: number | undefined
  readonly output?: number | undefined
  readonly maximum?: number | undefined
}

const n = String.raw`([\d][\d,_]*)`
const figurePatterns: readonly [RegExp, (found: readonly (string | undefined)[]) => Figures][] = [
  // vLLM: the output's share comes first.
  [
    new RegExp(
      `maximum context length is ${n} tokens.*?requested ${n} output tokens.*?at least ${n} input tokens`,
      'is',
    ),
    ([maximum, output, input]) => ({ maximum: number(maximum), output: number(output), input: number(input) }),
  ],
  // OpenAI and OpenRouter: both shares in brackets.
  [
    new RegExp(
      `maximum context length is ${n} tokens.*?\\(${n} (?:in (?:the )?messages|of text input),.*?${n} in the (?:completion|output)`,
      'is',
    ),
    ([maximum, input, output]) => ({ maximum: number(maximum), input: number(input), output: number(output) }),
  ],
  [
    new RegExp(
      `maximum context length is ${n} tokens.*?(?:requested|resulted in|contains?|have) (?:about |at least )?${n}`,
      'is',
    ),
    ([maximum, input]) => ({ maximum: number(maximum), input: number(input) }),
  ],
  [
    new RegExp(`token limit: ${n} \\(requested: ${n}\\)`, 'i'),
    ([maximum, input]) => ({ maximum: number(maximum), input: number(input) }),
  ],
  [
    new RegExp(`maximum prompt length is ${n} but the request contains ${n}`, 'i'),
    ([maximum, input]) => ({ maximum: number(maximum), input: number(input) }),
  ],
  [
    new RegExp(`request \\(${n} tokens\\) exceeds the available context size \\(${n}`, 'i'),
    ([input, maximum]) => ({ input: number(input), maximum: number(maximum) }),
  ],
  [
    new RegExp(`contains ${n} tokens.{0,40}too large for model with ${n}`, 'i'),
    ([input, maximum]) => ({ input: number(input), maximum: number(maximum) }),
  ],
  [
    new RegExp(`\\(${n} tokens\\) is longer than the model's context length \\(${n}`, 'i'),
    ([input, maximum]) => ({ input: number(input), maximum: number(maximum) }),
  ],
  [
    new RegExp(`${n}(?: tokens?)?[^\\d]{0,40}(?:exceeds the limit of|too large for model with|>) ${n}`, 'i'),
    ([input, maximum]) => ({ input: number(input), maximum: number(maximum) }),
  ],
  [
    new RegExp(`limit:? ${n}, requested:? ${n}`, 'i'),
    ([maximum, input]) => ({ maximum: number(maximum), input: number(input) }),
  ],
]

const figuresIn = (message: string): Figures => {
  for (const [pattern, read] of figurePatterns) {
    const found = pattern.exec(message)
    if (found !== null) return read(found.slice(1))
  }
  return {}
}

/** If one request exceeds a limit per minute, its length is the problem (OU-E6). */
const isLargerThanMinute = (message: string): boolean => {
  if (!/request too large/i.test(message) || !/per min/i.test(message)) return false
  const { input, maximum } = figuresIn(message)
  return input !== undefined && maximum !== undefined && input > maximum
}

export const isOverflow = (message: string, codes: readonly string[]): boolean => {
  if (isLargerThanMinute(message)) return true
  if (rateWords.test(message)) return false
  if (codes.some((code) => overflowCodes.test(code))) return true
  return !otherLength.test(message) && overflowWords.some((pattern) => pattern.test(message))
}

/** The message that the client acts on. If the input alone fits, the client lowers `max_tokens` instead. */
export const overflowWording = (message: string, tokens: Reported['tokens']): string => {
  const found = figuresIn(message)
  const input = tokens.input ?? found.input
  const maximum = tokens.maximum ?? found.maximum
  const { output } = found
  if (input === undefined || maximum === undefined) return promptTooLong()
  if (output !== undefined && input <= maximum) return inputAndMaxTokensTooLong({ input, output, maximum })
  return input > maximum ? promptTooLong({ tokens: String(input), maximum: String(maximum) }) : promptTooLong()
}
