import type { ChatDialect, ChatDialectChange } from '../../translate/capabilities/chat-dialect.ts'
import type { OpenAiError } from './errors.ts'
import { refusals } from './refusal-table.ts'

/** Which cell of a model's dialect a refusal proves wrong (OU section 1.10). */
export interface DialectOverride {
  /** What requests go without from now on, for `/health`. */
  readonly without: string
  /** For people. */
  readonly note: string
  readonly change: ChatDialectChange
  /** Concerns one conversation, perhaps: it is forgotten after ten minutes. */
  readonly isPassing: boolean
}

/** Statuses with which servers refuse a member, 200 for an error inside an answer. Some use 500 for chat templates and grammars. */
const statuses = new Set([200, 400, 402, 404, 415, 422])
const templateWords =
  /system message must be|roles must alternate|failed to parse grammar|unsupported pattern|repetitions exceeds/i

/** What a refusal teaches: the first row that fits and that changes anything. Undefined where the model refuses nothing that can be left out. */
export const overrideFor = (error: OpenAiError, dialect: ChatDialect): DialectOverride | undefined => {
  const { message, codes, param = '' } = error.reported
  const status = error.upstreamStatus
  if (!statuses.has(status) && !(status === 500 && templateWords.test(message))) return undefined
  // The server's own flag is missing: its words tell the administrator which one.
  if (/requires --enable-auto-tool-choice/.test(message)) return undefined
  const refused = { text: [...codes, param, message].join(' '), dialect }
  for (const { words, change, without, note, isPassing = false } of refusals) {
    const found = words.every((pattern) => pattern.test(refused.text)) ? change(refused) : undefined
    if (found !== undefined) return { without, note, change: found, isPassing }
  }
  return undefined
}
