import type { Json } from '../../base/json.ts'
import type { ContentBlock } from '../../wire/anthropic/content.ts'
import type { InputMessage } from '../../wire/anthropic/request.ts'

/**
 * The parts of the conversation that a verdict may use: the user's messages and the agent's calls. Leaves out the
 * agent's own text and the tools' results: they may contain injected text, and arguments of the agent.
 */

type Entry =
  /** `client`: added by the client, such as the output of a command or the report of another agent. */
  | { readonly from: 'user' | 'client'; readonly text: string }
  /** The user's answer to a question of the client. */
  | { readonly from: 'user'; readonly answer: string }
  | { readonly from: 'agent'; readonly tool: string; readonly input: string; readonly flagged_before?: true }

/** Tools whose results are decisions of the user. */
const askingTools: readonly string[] = ['AskUserQuestion', 'ExitPlanMode']

/** Characters of one entry; a longer one keeps its beginning and its end. */
const longestEntry = 4000
const longestEnd = 1000

const shortened = (text: string): string => {
  if (text.length <= longestEntry) return text
  const omitted = text.length - longestEntry
  return `${text.slice(0, longestEntry - longestEnd)}[${omitted} characters left out]${text.slice(-longestEnd)}`
}

const reminderTag = '<system-reminder>'
/** `<task-notification>`, `<local-command-stdout>`: the client marks what it adds by a tag with a hyphen. */
const clientTag = /^<[a-z]+(?:-[a-z]+)+[ >]/
/** User input that the client marks, too: slash commands and shell lines. */
const typedTag = /^<(?:command-(?:name|message|args)|bash-input)>/

const toTextEntry = (text: string): Entry[] => {
  const words = text.trim()
  if (words === '' || words.startsWith(reminderTag)) return []
  const from = clientTag.test(words) && !typedTag.test(words) ? 'client' : 'user'
  return [{ from, text: shortened(words) }]
}

const wordsOf = (content: string | readonly { type: string; text?: unknown }[] | null | undefined): string =>
  typeof content === 'string'
    ? content
    : (content ?? []).flatMap(({ type, text }) => (type === 'text' ? [String(text)] : [])).join('\n')

const toCallEntry = (name: string, input: unknown, isFlagged: boolean): Entry => ({
  from: 'agent',
  tool: name,
  input: shortened(JSON.stringify(input) ?? ''),
  ...(isFlagged && { flagged_before: true }),
})

/** Reads messages in their order: a result belongs to an earlier call. */
const createReader = (refusedCalls: ReadonlySet<string>) => {
  const questions = new Set<string>()
  const ofAssistant = (block: ContentBlock): Entry[] => {
    if (block.type !== 'tool_use') return []
    if (askingTools.includes(block.name)) questions.add(block.id)
    return [toCallEntry(block.name, block.input, refusedCalls.has(block.id))]
  }
  const ofUser = (block: ContentBlock): Entry[] => {
    if (block.type === 'text') return toTextEntry(block.text)
    if (block.type !== 'tool_result' || !questions.has(block.tool_use_id)) return []
    return [{ from: 'user', answer: shortened(wordsOf(block.content)) }]
  }
  return ({ role, content }: InputMessage): Entry[] => {
    const blocks: readonly ContentBlock[] =
      typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? [])
    if (role === 'system') return []
    return blocks.flatMap(role === 'user' ? ofUser : ofAssistant)
  }
}

interface Line {
  readonly text: string
  readonly isUsers: boolean
}

/**
 * JSON in which no tag can begin or end, so that its text cannot imitate a delimiter of the prompt.
 */
export const toData = (value: unknown): string => (JSON.stringify(value) ?? 'null').replaceAll('<', String.raw`\u003c`)

/** Takes the newest lines that fit, and stops at the first that does not. */
const takeNewest = (lines: readonly Line[], maximumCharacters: number): Line[] => {
  let used = 0
  const taken: Line[] = []
  for (const line of lines.toReversed()) {
    used += line.text.length + 1
    if (used > maximumCharacters) break
    taken.push(line)
  }
  return taken
}

export interface TranscriptOptions {
  readonly refusedCalls: ReadonlySet<string>
  /** Calls of this answer that are not judged. */
  readonly alsoCalled: readonly { readonly name: string; readonly input: Json | undefined }[]
  /** Characters. */
  readonly maximumCharacters: number
}

/**
 * Writes one JSON object per line, the newest that fit into `maximumCharacters`. Up to half of the characters are
 * reserved for the user's entries, so that many tool calls do not displace them.
 */
export const toTranscript = (
  messages: readonly InputMessage[],
  { refusedCalls, alsoCalled, maximumCharacters }: TranscriptOptions,
): string => {
  const entries = [
    ...messages.flatMap(createReader(refusedCalls)),
    ...alsoCalled.map(({ name, input }) => toCallEntry(name, input, false)),
  ]
  const lines = entries.map((entry) => ({ text: toData(entry), isUsers: entry.from === 'user' }))
  const users = takeNewest(
    lines.filter(({ isUsers }) => isUsers),
    maximumCharacters / 2,
  )
  const userCharacters = users.reduce((sum, { text }) => sum + text.length + 1, 0)
  const others = takeNewest(
    lines.filter(({ isUsers }) => !isUsers),
    maximumCharacters - userCharacters,
  )
  const taken = new Set([...users, ...others])
  const shown = lines.filter((line) => taken.has(line)).map(({ text }) => text)
  return shown.length < lines.length
    ? [toData({ left_out: lines.length - shown.length }), ...shown].join('\n')
    : shown.join('\n')
}
