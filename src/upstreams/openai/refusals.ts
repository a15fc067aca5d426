import type { ChatDialect, ChatDialectChange } from '../../translate/capabilities/chat-dialect.ts'
import type { OpenAiError } from './errors.ts'
import { refusals } from './refusal-table.ts'

/** A change to a model's dialect that follows from a refusal (OU section 1.10). */
export interface DialectOverride {
  /** The part that requests no longer have, for `/health`. */
  readonly without: string
  /** For the log. */
  readonly note: string
  readonly change: ChatDialectChange
  /** May concern only one conversation: it expires after ten minutes. */
  readonly isPassing: boolean
}

/** Statuses of refusals; 200: an error inside a response. Some servers use 500 for chat templates and grammars. */
const statuses = new Set([200, 400, 402, 404, 415, 422])
const templateWords =
  /system message must be|roles must alternate|failed to parse grammar|unsupported pattern|repetitions exceeds/i

/** The first row that matches a refusal and changes the dialect. Undefined if no refused part can be left out. */
export const overrideFor = (error: OpenAiError, dialect: ChatDialect): DialectOverride | undefined => {
  const { message, codes, param = '' } = error.reported
  const status = error.upstreamStatus
  if (!statuses.has(status) && !(status === 500 && templateWords.test(message))) return undefined
  // The server was started without a flag; its message names the flag for the administrator.
  if (/requires --enable-auto-tool-choice/.test(message)) return undefined
  const refused = { text: [...codes, param, message].join(' '), dialect }
  for (const { words, change, without, note, isPassing = false } of refusals) {
    const found = words.every((pattern) => pattern.test(refused.text)) ? change(refused) : undefined
    if (found !== undefined) return { without, note, change: found, isPassing }
  }
  return undefined
}
